"""Events taken in: kept once, applied once, in whatever company they come."""

import asyncio
from datetime import timedelta

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
        news = await receive(tx, [said(origin, event, mailroom) for event in events], now=mailroom.clock.now())
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
    assert await mailroom.value("SELECT count(*) FROM records WHERE kind <> 'order_placed'") == 0


async def test_a_reply_is_given_to_a_person_with_the_order_that_it_answers(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"preferred_channel": "sms"})
    reply = ProviderEvent("SM1:inbound", "reply", "received", address="+15005550101", text="where is it?")
    assert await take(mailroom, sms, reply) == 1
    assert await take(mailroom, sms, reply) == 0
    (task,) = await mailroom.fetch("SELECT kind, order_id, data FROM tasks")
    assert (task["kind"], task["order_id"]) == ("reply_received", attempt.order_id)
    assert task["data"]["text"] == "where is it?"
    assert task["data"]["message"] == f"msg_{attempt.message_id.hex}"
    (record,) = await mailroom.fetch("SELECT subject, data FROM records WHERE kind = 'reply.received'")
    assert record["subject"] == f"msg_{attempt.message_id.hex}"
    assert "where" not in str(record["data"])
    assert "+1500" not in str(record["data"])


async def test_a_reply_from_a_stranger_is_given_to_a_person_too(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    await take(mailroom, sms, ProviderEvent("k", "reply", "received", address="+4915112345678", text="hello"))
    await take(mailroom, sms, ProviderEvent("l", "reply", "received", text="from nobody"))
    rows = await mailroom.fetch("SELECT order_id FROM tasks WHERE kind = 'reply_received'")
    assert [row["order_id"] for row in rows] == [None, None]


async def test_a_stop_suppresses_the_number_and_marks_the_last_message(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"preferred_channel": "sms"})
    await take(mailroom, sms, ProviderEvent("k", "opt_out", "STOP", address="+15005550101", text="STOP"))
    assert (await mailroom.message(attempt.message_id)).opted_out_at == mailroom.clock.now()
    (row,) = await mailroom.fetch("SELECT channel, address, reason FROM suppressions")
    assert tuple(row) == ("sms", "+15005550101", "opt_out")


async def test_a_stop_of_a_stranger_suppresses_all_the_same_and_start_takes_it_back(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    await take(mailroom, sms, ProviderEvent("k", "opt_out", "STOP", address="+4915112345678"))
    assert await mailroom.value("SELECT ends_at FROM suppressions") is None
    mailroom.clock.advance(timedelta(minutes=1))
    await take(mailroom, sms, ProviderEvent("l", "opt_in", "START", address="+4915112345678"))
    assert await mailroom.value("SELECT ends_at FROM suppressions") == mailroom.clock.now()


async def test_a_failure_that_may_pass_is_remembered_as_one(mailroom: Mailroom) -> None:
    sms = await mailroom.connect("sms")
    attempt = await mailroom.sent(sms, customer={"email": None, "preferred_channel": "sms"})
    await take(mailroom, sms, receipt(attempt.id, "failed", may_pass=True))
    assert (await mailroom.message(attempt.message_id)).status == "sending"
