"""Whom a shop's mail is from: from its name and contact address to what a server gets to see."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.smtp_stand import SmtpStand
from tests.doubles.mail import Received
from tests.doubles.smtp import SmtpDouble
from tests.unit.adapters.email.encoded import outside
from tidings.adapters.email.mailbox import mailbox
from tidings.delivery.ports import Accepted, Content, Misconfigured, Outcome
from tidings.delivery.render import content_of
from tidings.templates.messages import Rendered
from tidings.templates.shop import Contact, Shop


def worded(name: str, email: str | None) -> Content:
    rendered = Rendered("order_confirmation", 1, "de", "Your order", "Thank you.\n", "<p>Thank you.</p>")
    return content_of(rendered, "email", Shop(name, contact=Contact(email=email)))


async def sent(content: Content) -> tuple[Outcome, list[Received]]:
    """Through a connection that does not say who writes."""
    async with SmtpDouble() as double, SmtpStand(double) as stand:
        plain = stand.connection()
        settings = {name: value for name, value in double.settings.items() if name != "from"}
        sender = stand.registry.open(dataclasses.replace(plain, settings=settings))
        outcome = await sender.send(stand.outgoing(content=content))
        await sender.close()
        return outcome, double.received


@pytest.mark.parametrize(
    ("name", "email", "address"),
    [
        ("Tee & Müller", "hallo@müller.example", "hallo@xn--mller-kva.example"),
        ('Tea, "the" Shop', "hallo@müller.example", "hallo@xn--mller-kva.example"),
        ("Tea Shop", "hello@shop.example", "hello@shop.example"),
        ("=?utf-8?q?a=0d=0aX-Evil=3a_1?=", "hello@shop.example", "hello@shop.example"),
    ],
)
async def test_a_shop_writes_as_itself_with_an_address_that_every_server_knows(name, email, address):
    outcome, (received,) = await sent(worded(name, email))
    assert isinstance(outcome, Accepted)
    assert received.sender == address
    assert received.raw.isascii()
    assert b"\nX-Evil" not in received.raw
    (sender,) = received.mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, address)
    assert received.text.strip() == "Thank you."


async def test_what_was_worded_before_is_read_as_it_was_meant():
    content = Content("text", "subject", extras={"from": "=?utf-8?q?Teel=C3=A4den?= <hello@shop.example>"})
    _, (received,) = await sent(content)
    assert received.mail["From"].addresses[0].display_name == "Teeläden"


@pytest.mark.parametrize("email", [None, "nobody@@shop", "a@b@c", "hello@ü..example", "=?utf-8?q?a=0a?=@shop.example"])
async def test_an_address_stored_before_any_was_judged_leaves_it_to_the_connection_to_say_who_writes(email):
    content = worded("Tea Shop", email)
    assert "from" not in content.extras
    outcome, received = await sent(content)
    assert isinstance(outcome, Misconfigured)
    assert not received


@given(name=outside, local=st.text("ab.+", min_size=1, max_size=9))
def test_any_name_is_read_as_it_is(name, local):
    read = mailbox(worded(name, f"{local}@müller.example").extras["from"])
    said = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in name)
    assert (read.name, read.address) == (" ".join(said.split()), f"{local}@xn--mller-kva.example")
