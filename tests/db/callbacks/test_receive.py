"""Events taken in: kept once, applied once, in whatever company they come."""

import asyncio

from tests.fixtures.mailroom import Mailroom
from tidings.callbacks.incoming import Incoming, Origin, incoming
from tidings.callbacks.ports import ProviderEvent
from tidings.callbacks.receive import receive
from tidings.kit.ids import new_id, wire


def said(origin: Origin, event: ProviderEvent, mailroom: Mailroom) -> Incoming:
    return incoming(origin, event, mailroom.clock.now())


def receipt(attempt: object, status: str, **more: object) -> ProviderEvent:
    name = wire("att", attempt)  # type: ignore[arg-type]
    return ProviderEvent(
        key=str(more.pop("key", f"{name}:{status}")),
        kind="receipt",
        provider_status=status,
        status=status,  # type: ignore[arg-type]
        attempt_id=name,
        **more,  # type: ignore[arg-type]
    )


async def take(mailroom: Mailroom, origin: Origin, *events: ProviderEvent) -> int:
    async with mailroom.begin(mailroom.scope) as tx:
        news = await receive(tx, [[said(origin, event, mailroom) for event in events]], now=mailroom.clock.now())
    return len(news)


async def test_events_about_several_messages_are_kept_and_applied_together(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempts = [await mailroom.sent(by) for _ in range(3)]
    assert await take(mailroom, by, *(receipt(attempt.id, "delivered") for attempt in attempts)) == 3
    assert {row[0] for row in await mailroom.fetch("SELECT status FROM messages")} == {"delivered"}
    assert await mailroom.value("SELECT count(*) FROM inbox WHERE applied_at IS NOT NULL") == 3


async def test_an_event_that_comes_twice_is_news_once(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    event = receipt((await mailroom.sent(by)).id, "delivered")
    assert await take(mailroom, by, event, event) == 1
    assert await take(mailroom, by, event) == 0
    assert await mailroom.value("SELECT count(*) FROM inbox") == 1


async def test_two_parallel_deliveries_of_the_same_body_act_once(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempts = [await mailroom.sent(by, customer={"phone": None}) for _ in range(4)]
    events = [receipt(attempt.id, "bounced") for attempt in attempts]
    news = await asyncio.gather(*(take(mailroom, by, *events[turn:], *events[:turn]) for turn in range(4)))
    assert sum(news) == 4
    assert await mailroom.value("SELECT count(*) FROM receipts") == 4
    assert await mailroom.value("SELECT count(*) FROM tasks") == 4


async def test_more_events_than_one_statement_takes_are_taken_all(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    attempt = await mailroom.sent(by)
    events = [receipt(attempt.id, "deferred", key=f"d{number}") for number in range(1101)]
    assert await take(mailroom, by, *events) == 1101
    assert await mailroom.value("SELECT count(*) FROM receipts") == 1101


async def test_a_receipt_for_nobodys_attempt_waits_in_the_inbox(mailroom: Mailroom) -> None:
    by, other = await mailroom.connect("email"), await mailroom.connect("email")
    attempt = await mailroom.sent(by)
    assert await take(mailroom, other, receipt(attempt.id, "delivered"), receipt(new_id(), "delivered")) == 2
    assert await mailroom.value("SELECT count(*) FROM inbox WHERE applied_at IS NULL") == 2
    assert (await mailroom.message(attempt.message_id)).status == "sent"


async def test_what_is_ignored_is_kept_and_nothing_follows(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    assert await take(mailroom, by, ProviderEvent("k", "ignored", "open")) == 1
    assert await mailroom.value("SELECT applied_at IS NOT NULL FROM inbox")
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind <> 'order.placed'") == 0
