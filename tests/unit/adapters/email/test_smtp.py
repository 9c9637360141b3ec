"""What an SMTP connection may be configured as; against a server: tests/contract."""

import pytest
from pydantic import ValidationError

from tests.doubles.certificates import authority
from tidings.adapters.email.smtp import SmtpSettings


def settings(**more: object) -> SmtpSettings:
    return SmtpSettings.model_validate({"host": "mail.shop.example", "from": "orders@shop.example", **more})


@pytest.mark.parametrize(("tls", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_port_follows_from_the_encryption_unless_it_is_given(tls, port):
    assert settings(tls=tls).address() == ("mail.shop.example", port)
    assert settings(tls=tls, port=2525).address() == ("mail.shop.example", 2525)


def test_encryption_is_on_unless_it_is_switched_off():
    assert settings().tls == "starttls"
    assert settings(tls=False).tls == "none"
    assert settings(tls=True).tls == "starttls"
    assert settings(tls="none", ca_certificate=None, bounce_address=None).tls_context() is None


def test_a_companys_own_authority_may_be_trusted():
    context = settings(ca_certificate=authority().text).tls_context()
    assert context is not None
    assert any("Doubles" in str(each["subject"]) for each in context.get_ca_certs())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"host": ""}, "host"),
        ({"host": "mail example"}, "host"),
        ({"port": 70_000}, "port"),
        ({"tls": "sometimes"}, "tls"),
        ({"from": "nobody"}, "from"),
        ({"reply_to": "nobody"}, "reply_to"),
        ({"bounce_address": "a-rather-long-mailbox@shop.example"}, "18 letters"),
        ({"ca_certificate": "nonsense"}, "PEM"),
        ({"helo": "two words"}, "helo"),
        ({"max_connections": 0}, "max_connections"),
        ({"username": ""}, "username"),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        settings(**wrong)
