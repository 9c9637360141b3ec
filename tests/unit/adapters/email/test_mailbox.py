"""Addresses taken apart and put together."""

import pytest
from pydantic import TypeAdapter, ValidationError

from tidings.adapters.email.mailbox import MailboxText, mailbox, mailbox_for_all


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("orders@shop.example", "", "orders@shop.example"),
        ("Tea Shop <orders@shop.example>", "Tea Shop", "orders@shop.example"),
        ('"Tea, Shop" <orders@shop.example>', "Tea, Shop", "orders@shop.example"),
        ("Teeläden <orders@shop.example>", "Teeläden", "orders@shop.example"),
        ("=?utf-8?q?Teel=C3=A4den?= <orders@shop.example>", "Teeläden", "orders@shop.example"),
        ('"=?utf-8?q?Tea?=" <orders@shop.example>', "=?utf-8?q?Tea?=", "orders@shop.example"),
        ("\u0686\u200c\u062e <orders@shop.example>", "\u0686\u200c\u062e", "orders@shop.example"),
    ],
)
def test_both_forms_are_read(text, name, address):
    read = mailbox(text)
    assert (read.name, read.address, read.domain) == (name, address, "shop.example")


def test_an_international_domain_is_read_in_letters_that_all_systems_know():
    assert mailbox("Tee <hilfe@müller.example>").address == "hilfe@xn--mller-kva.example"
    assert mailbox("jürgen@müller.example").address == "jürgen@xn--mller-kva.example"
    with pytest.raises(ValueError, match="plain letters before the @"):
        mailbox_for_all("jürgen@müller.example")


@pytest.mark.parametrize(
    "text",
    [
        "", "shop", "@shop.example", "orders@", "a b@shop.example", "a@b@c", "a\r\nb@c.example", "<>",
        "x\x00@y.example",
        "=?utf-8?q?a=0d=0aX=3a_1?=@shop.example", "=?utf-8?q?a=0d=0aX=3a_1?= <a@shop.example>", "a@-.example",
        "=?utf-8?b?a?= <a@shop.example>", "=?no-such-letters?q?a?= <a@shop.example>", "Tea\u2028 <a@shop.example>",
        f"a@{'ü' * 70}.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="address"):
        mailbox(text)


def test_a_setting_must_be_one_that_every_server_takes():
    adapter = TypeAdapter(MailboxText)
    assert adapter.validate_python("Shop <a@bücher.example>") == "Shop <a@bücher.example>"
    for text in ("jürgen@example.com", "nobody", "a@b..example", f"a@{'ü' * 70}.example", "=?utf-8?q?a?=@b.example"):
        with pytest.raises(ValidationError):
            adapter.validate_python(text)
