"""What a server gets to see of names and addresses: no more headers than ours, and letters that every server knows."""

import dataclasses
from collections.abc import AsyncIterator

import pytest

from tests.contract.smtp_stand import SmtpStand
from tests.doubles.smtp import SmtpDouble
from tidings.delivery.ports import Accepted, Content, Misconfigured, Permanent

EVIL = "=?utf-8?q?a=0d=0aX-Evil=3a_1=0d=0a=0d=0aHello?="


@pytest.fixture
async def stand() -> AsyncIterator[SmtpStand]:
    async with SmtpDouble(extensions=("dsn",)) as double, SmtpStand(double) as stand:
        yield stand


async def test_an_encoded_line_break_in_a_text_starts_nothing(stand):
    content = Content("Thank you.\n", f"Your order {EVIL}", extras={"headers": {"X-Shop": EVIL}})
    settings = {"from": f'"{EVIL}" <orders@shop.example>', "reply_to": f'"{EVIL}" <help@shop.example>'}
    sender = stand.registry.open(stand.connection(settings=settings))
    assert isinstance(await sender.send(stand.outgoing(content=content)), Accepted)
    await sender.close()
    (received,) = stand.double.received
    head, _, body = received.raw.partition(b"\r\n\r\n")
    assert body.rstrip() == b"Thank you."
    assert not [line for line in head.split(b"\r\n") if line.startswith(b"X-Evil")]
    assert received.mail["Subject"] == f"Your order {EVIL}"
    assert received.mail["X-Shop"] == EVIL
    assert received.mail["From"].addresses[0].addr_spec == "orders@shop.example"


async def test_an_address_that_would_be_decoded_never_leaves(stand):
    sender = stand.registry.open(stand.connection())
    assert isinstance(await sender.send(stand.outgoing(f"{EVIL}@evil.example")), Permanent)
    await sender.close()
    assert not stand.double.received


async def test_whoever_configures_may_write_international_domains(stand):
    settings = {
        "from": "Tee <orders@tee.müller.example>",
        "reply_to": "Tee <hilfe@müller.example>",
        "bounce_address": "bounce@müller.example",
    }
    connection = stand.connection(settings=settings)
    assert {name: connection.settings[name] for name in settings} == settings
    outgoing = stand.outgoing()
    sender = stand.registry.open(connection)
    assert await sender.send(outgoing) == Accepted(f"{outgoing.message_id}@tee.xn--mller-kva.example")
    await sender.close()
    (received,) = stand.double.received
    assert received.sender.endswith("@xn--mller-kva.example")
    assert received.raw.isascii()
    assert b"\r\nReply-To: Tee <hilfe@xn--mller-kva.example>\r\n" in received.raw
    assert b"\r\nFrom: Tee <orders@tee.xn--mller-kva.example>\r\n" in received.raw
    for header in ("In-Reply-To", "References"):
        assert received.mail[header] == f"<{outgoing.order_id}@tee.xn--mller-kva.example>"


async def test_without_a_bounce_address_an_international_sender_is_written_for_all_too(stand):
    settings = {**stand.double.settings, "from": "orders@müller.example"}
    sender = stand.registry.open(dataclasses.replace(stand.connection(), settings=settings))
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    await sender.close()
    assert stand.double.received[0].sender == "orders@xn--mller-kva.example"


@pytest.mark.parametrize("name", ["from", "reply_to", "bounce_address"])
@pytest.mark.parametrize("domain", ["müller..example", "-.example", f"{'ü' * 70}.example", EVIL])
def test_a_domain_that_is_none_is_refused_when_it_is_configured(stand, name, domain):
    settings = {**stand.settings, name: f"a@{domain}"}
    (fault,) = stand.registry.check("email", "smtp", settings, stand.secrets).faults
    assert fault.pointer == f"/settings/{name}"
    assert "must be an e-mail address" in fault.detail


async def test_a_storefront_that_not_every_server_can_write_as_is_not_the_customers_fault():
    async with SmtpDouble(login=("shop@müller.example", "s3cret")) as double:
        stand = SmtpStand(double)
        settings = {name: value for name, value in double.settings.items() if name != "from"}
        content = Content("text", "subject", extras={"from": "Tee <jürgen@müller.example>"})
        sender = stand.registry.open(dataclasses.replace(stand.connection(), settings=settings))
        assert isinstance(await sender.send(stand.outgoing(content=content)), Accepted)
        await sender.close()
        assert double.received[0].sender == "shop@xn--mller-kva.example"
        without = {name: value for name, value in settings.items() if name != "username"}
        sender = stand.registry.open(dataclasses.replace(stand.connection(), settings=without))
        assert isinstance(await sender.send(stand.outgoing(content=content)), Misconfigured)
        await sender.close()
