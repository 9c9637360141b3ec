"""Receipts that come while their message is being sent: over the real drain, from inside the provider's handler."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.orders import order_body, place
from tidings.callbacks.incoming import Origin
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.take_in import take_in
from tidings.delivery.ports import Accepted, ConnectionConfig, Outcome, Outgoing, Uncertain
from tidings.delivery.resend import ResendMessage, resend_message
from tidings.delivery.states import ReceiptStatus
from tidings.kit.db import Begin

Handler = Callable[[Outgoing], Awaitable[Outcome]]


@pytest.fixture
def exchange(worker_begin: Begin, clock: FixedClock) -> Exchange:
    return Exchange(worker_begin, clock)


async def stored(mailroom: Mailroom, connection: ConnectionConfig) -> Origin:
    """A connection of the exchange, known to the database too: callbacks come in by it."""
    made = await mailroom.connect(connection.channel)
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE connections SET id = $1 WHERE id = $2", connection.id, made.connection_id)
    return Origin(made.storefront_id, made.mode, connection.id, made.channel, "fake")


def calling_back(mailroom: Mailroom, statuses: list[ReceiptStatus], answer: Outcome) -> Handler:
    """A provider that has called back before it answers."""

    async def send(outgoing: Outgoing) -> Outcome:
        events = [
            ProviderEvent(f"{outgoing.attempt_id}:{status}", "receipt", status, status, outgoing.attempt_id)
            for status in statuses
        ]
        connection = UUID(outgoing.callback_url.rpartition("con_")[2])
        origin = Origin(mailroom.shop.id, mailroom.mode, connection, outgoing.channel, "fake")
        await take_in(mailroom.begin, origin, events, now=mailroom.clock.now())
        return answer

    return send


async def sent_with(mailroom: Mailroom, exchange: Exchange, handler: Handler, orders: int = 1) -> None:
    exchange.connect(mailroom.shop, "email", FakeSender([handler] * orders))
    exchange.connect(mailroom.shop, "sms")
    for connection in exchange.connections:
        await stored(mailroom, connection)
    for _ in range(orders):
        await place(mailroom.begin, mailroom.shop, mailroom.clock.now())
    await drained(mailroom, exchange)


async def drained(mailroom: Mailroom, exchange: Exchange) -> None:
    """Drain until nothing is left to be sent."""
    async with exchange.running(), asyncio.timeout(15):
        while await mailroom.value("SELECT count(*) FROM outbox"):
            await asyncio.sleep(0.05)


async def statuses(mailroom: Mailroom, table: str) -> set[str]:
    return {row[0] for row in await mailroom.fetch(f"SELECT status FROM {table}")}


async def test_a_delivery_told_before_the_answer_is_kept(mailroom: Mailroom, exchange: Exchange) -> None:
    await sent_with(mailroom, exchange, calling_back(mailroom, ["sent", "delivered"], Accepted("theirs")))
    assert await statuses(mailroom, "messages") == await statuses(mailroom, "attempts") == {"delivered"}
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await mailroom.value("SELECT met_at IS NOT NULL FROM deadlines")


async def test_a_bounce_told_before_the_answer_goes_on_to_the_next_channel(
    mailroom: Mailroom, exchange: Exchange
) -> None:
    await sent_with(mailroom, exchange, calling_back(mailroom, ["bounced"], Accepted("theirs")))
    tried = await mailroom.fetch("SELECT channel, status FROM attempts ORDER BY number")
    assert [tuple(row) for row in tried] == [("email", "bounced"), ("sms", "accepted")]
    assert await statuses(mailroom, "messages") == {"sent"}


async def test_a_receipt_told_before_a_time_out_proves_that_it_was_sent(mailroom: Mailroom, exchange: Exchange) -> None:
    await sent_with(mailroom, exchange, calling_back(mailroom, ["accepted"], Uncertain("no answer in time")))
    assert await mailroom.value("SELECT count(*) FROM attempts") == 1
    assert await statuses(mailroom, "messages") == {"sent"}
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0


async def test_a_bounce_told_before_a_time_out_is_not_tried_again_on_the_same_channel(
    mailroom: Mailroom, exchange: Exchange
) -> None:
    await sent_with(mailroom, exchange, calling_back(mailroom, ["failed"], Uncertain("no answer in time")))
    tried = await mailroom.fetch("SELECT channel, status FROM attempts ORDER BY number")
    assert [tuple(row) for row in tried] == [("email", "failed"), ("sms", "accepted")]


async def test_many_callbacks_while_many_are_settled_do_not_lock_each_other_out(
    mailroom: Mailroom, exchange: Exchange
) -> None:
    before = await deadlocks(mailroom)
    handler = calling_back(mailroom, ["sent", "delivered"], Accepted("theirs"))

    async def soon(outgoing: Outgoing) -> Outcome:
        exchange_tasks.append(asyncio.get_running_loop().create_task(_ignore(handler(outgoing))))
        return Accepted("theirs")

    exchange_tasks: list[asyncio.Task[None]] = []
    await sent_with(mailroom, exchange, soon, orders=60)
    await asyncio.gather(*exchange_tasks)
    assert await statuses(mailroom, "messages") == {"delivered"}
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
    assert await deadlocks(mailroom) == before


async def _ignore(handling: Awaitable[Outcome]) -> None:
    await handling


async def deadlocks(mailroom: Mailroom) -> int:
    return int(await mailroom.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


async def test_a_resend_keeps_the_promise_that_its_first_message_broke(mailroom: Mailroom, exchange: Exchange) -> None:
    email = exchange.connect(mailroom.shop, "email")
    by = await stored(mailroom, exchange.connections[0])
    await place(mailroom.begin, mailroom.shop, mailroom.clock.now(), order_body(customer={"phone": None}))
    await drained(mailroom, exchange)
    (attempt,) = email.sent
    bounce = ProviderEvent("k", "receipt", "bounce", "bounced", attempt.attempt_id)
    await take_in(mailroom.begin, by, [bounce], now=mailroom.clock.now())
    assert await mailroom.value("SELECT met_at FROM deadlines") is None
    old = await mailroom.value("SELECT id FROM messages")
    async with mailroom.begin(mailroom.scope) as tx:
        command = ResendMessage(old, "staff/eve", address="right@sandbox.test")
        new = await resend_message(tx, command, now=mailroom.clock.now())
    await drained(mailroom, exchange)
    assert email.sent[-1].to == "right@sandbox.test"
    assert await mailroom.value("SELECT met_by FROM deadlines") == f"msg_{new.hex}"
