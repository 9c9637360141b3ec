"""Addresses taken apart and put together."""

import pytest
from pydantic import TypeAdapter, ValidationError

from tidings.adapters.email.mailbox import Mailbox, MailboxText, ascii_domain, mailbox


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("orders@shop.example", "", "orders@shop.example"),
        ("Tea Shop <orders@shop.example>", "Tea Shop", "orders@shop.example"),
        ('"Tea, Shop" <orders@shop.example>', "Tea, Shop", "orders@shop.example"),
        ("Teeläden <orders@shop.example>", "Teeläden", "orders@shop.example"),
    ],
)
def test_both_forms_are_read(text, name, address):
    read = mailbox(text)
    assert (read.name, read.address, read.domain) == (name, address, "shop.example")
    assert str(read.header().addr_spec) == address


@pytest.mark.parametrize(
    "text",
    ["", "shop", "@shop.example", "orders@", "a b@shop.example", "a@b@c", "a\r\nb@c.example", "<>", "x\x00@y.example"],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="address"):
        mailbox(text)
    with pytest.raises(ValueError, match="address"):
        ascii_domain(text)


def test_an_international_domain_is_written_in_letters_that_all_systems_know():
    assert ascii_domain("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert ascii_domain("jürgen@example.com") == "jürgen@example.com"
    with pytest.raises(ValueError, match=r".+"):
        ascii_domain(f"ada@{'ü' * 70}.example")


def test_a_setting_must_be_one_that_every_server_takes():
    adapter = TypeAdapter(MailboxText)
    assert adapter.validate_python("Shop <a@bücher.example>") == "Shop <a@bücher.example>"
    for text in ("jürgen@example.com", "nobody"):
        with pytest.raises(ValidationError):
            adapter.validate_python(text)


def test_a_name_that_needs_quotes_gets_them():
    assert str(Mailbox("Tea, Shop", "a@b.example").header()) == '"Tea, Shop" <a@b.example>'
