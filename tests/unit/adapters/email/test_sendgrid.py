"""SendGrid's settings and the meaning of its answers; against its double: tests/contract."""

import json

import pytest
from pydantic import ValidationError

from tests.clock import FixedClock
from tidings.adapters.email.sendgrid import SendGridSecrets, SendGridSettings, classify, request
from tidings.adapters.http import HttpResponse
from tidings.delivery.ports import (
    Accepted,
    Content,
    Misconfigured,
    Outgoing,
    Permanent,
    Throttled,
    Transient,
    Uncertain,
)

CLOCK = FixedClock()
SETTINGS = SendGridSettings.model_validate({"from": "Shop <orders@shop.example>"})
OUTGOING = Outgoing(
    "att_1", "msg_1", "ord_1", "email", "ada@bücher.example", Content("text"), "de", "https://x", CLOCK.now()
)
PUBLIC_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVwvjLjaCY/vdpINk6tg7W9AVD2I1o2xaCqagp/1rayc75UuVq0rzhoOxGI3Q0bQDIPl1GzZ/"
    "hrZYfZQxmDVMyA=="
)


def test_a_mail_without_subject_or_html_is_whole_all_the_same():
    call = request(SETTINGS, "SG.key", OUTGOING)
    body = json.loads(call.body)
    assert call.url == "https://api.sendgrid.com/v3/mail/send"
    assert call.headers["authorization"] == "Bearer SG.key"
    assert body["subject"] == "(no subject)"
    assert body["content"] == [{"type": "text/plain", "value": "text"}]
    assert body["personalizations"][0]["to"] == [{"email": "ada@xn--bcher-kva.example"}]
    assert "reply_to" not in body
    assert "traceparent" not in call.headers


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (202, Accepted), (200, Uncertain), (204, Uncertain), (301, Misconfigured), (400, Permanent),
        (401, Misconfigured), (403, Misconfigured), (404, Misconfigured), (405, Misconfigured), (408, Transient),
        (413, Permanent), (415, Permanent), (429, Throttled), (500, Transient), (502, Transient), (503, Transient),
        (504, Uncertain), (520, Transient),
    ],
)  # fmt: skip
def test_each_status_has_its_meaning(status, kind):
    assert isinstance(classify(HttpResponse(status), OUTGOING, CLOCK), kind)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'{"errors": 7}', b'{"errors": []}', b'{"errors": [7]}', b'{"errors": [{"message": 7}]}'],
)
def test_an_error_without_its_usual_body_is_an_error_all_the_same(body):
    outcome = classify(HttpResponse(400, {}, body), OUTGOING, CLOCK)
    assert isinstance(outcome, Permanent)
    assert outcome.reason
    assert outcome.suppress is None


def test_an_id_is_kept_if_there_is_one():
    assert classify(HttpResponse(202, {"x-message-id": "m-1"}), OUTGOING, CLOCK) == Accepted("m-1")
    assert classify(HttpResponse(202), OUTGOING, CLOCK) == Accepted(None)


def test_the_key_is_taken_as_shown_or_as_a_pem_file():
    pem = f"-----BEGIN PUBLIC KEY-----\n{PUBLIC_KEY[:64]}\n{PUBLIC_KEY[64:]}\n-----END PUBLIC KEY-----\n"
    for text in (PUBLIC_KEY, f" {PUBLIC_KEY}\n", pem):
        secrets = SendGridSecrets.model_validate({"api_key": "SG.x", "webhook_public_key": text})
        assert secrets.webhook_public_key == PUBLIC_KEY
    assert SendGridSecrets(api_key="SG.x", webhook_public_key=None).webhook_public_key is None


@pytest.mark.parametrize("wrong", [{"api_key": ""}, {"api_key": "a b"}, {"webhook_public_key": "nonsense"}])
def test_secrets_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        SendGridSecrets.model_validate({"api_key": "SG.x", **wrong})
