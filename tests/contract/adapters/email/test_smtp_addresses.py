"""What a server gets to see of names and addresses: no more headers than ours, and letters that every server knows."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.smtp_stand import SmtpStand
from tests.doubles.smtp import SmtpDouble
from tidings.delivery.ports import Accepted, Content, Permanent

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
