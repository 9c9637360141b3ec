"""Who of the staff is told of a promise, and what they get to do."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.db.orders.watched import DESK, look, promised_order, trace
from tests.fixtures.facts import facts
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.rules import rule
from tidings.deadlines.watch import DueClock
from tidings.kit.problem import NotFound
from tidings.orders.tell_staff import tell_staff

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def missed(mailroom: Mailroom, **desk: Any) -> UUID:
    """An order whose promise has just been missed."""
    await rule(mailroom.begin, mailroom.shop, desk=desk)
    order_id = await promised_order(mailroom)
    mailroom.clock.advance(HOUR + MINUTE)
    return order_id


async def test_a_shop_without_a_desk_has_tasks_and_events_and_no_mail(mailroom: Mailroom) -> None:
    order_id = await missed(mailroom)
    mailroom.clock.advance(HOUR)
    assert await look(mailroom) == {"missed": 1, "escalated": 1}
    told = await trace(mailroom, order_id)
    assert told["messages"] == []
    assert told["tasks"] == [("promise_missed", "open", None)]


async def test_when_the_owner_is_out_it_goes_on_at_once(mailroom: Mailroom) -> None:
    today = str(mailroom.clock.now().date())
    away = {"first": today, "last": str(mailroom.clock.now().date() + timedelta(days=2))}
    order_id = await missed(mailroom, **DESK, owner_out=[away])
    assert await look(mailroom) == {"missed": 1, "escalated": 1}
    told = await trace(mailroom, order_id)
    assert [to for _, to in told["messages"]] == ["desk@shop.test", "ben@shop.test"]
    assert told["tasks"] == [("promise_missed", "open", "staff/ben")]


async def test_how_long_the_owner_has_is_the_shops_own(mailroom: Mailroom) -> None:
    await missed(mailroom, **DESK, escalate_after_minutes=5)
    assert await look(mailroom) == {"missed": 1}
    mailroom.clock.advance(3 * MINUTE)
    assert await look(mailroom) == {}
    mailroom.clock.advance(MINUTE)
    assert await look(mailroom) == {"escalated": 1}


async def test_a_task_that_was_closed_without_the_promise_being_kept_comes_again(mailroom: Mailroom) -> None:
    order_id = await missed(mailroom, **DESK)
    await look(mailroom)
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE tasks SET status = 'done', outcome = 'called', closed_at = now()")
    mailroom.clock.advance(HOUR)
    assert await look(mailroom) == {"escalated": 1}
    assert (await trace(mailroom, order_id))["tasks"] == [
        ("promise_missed", "done", "staff/anna"),
        ("promise_missed", "open", "staff/ben"),
    ]


async def test_the_fact_tells_of_the_order_and_the_promise_and_the_record_holds_nothing_personal(
    mailroom: Mailroom,
) -> None:
    order_id = await missed(mailroom, **DESK)
    await look(mailroom)
    fact = (await facts(mailroom.begin, mailroom.shop, order_id))[-1]
    assert (fact["kind"], fact["actor"], fact["order_seq"]) == ("deadline.missed", "system", 2)
    deadline = fact["snapshot"]["deadline"]
    assert {name: deadline[name] for name in ("kind", "owner", "escalated", "met_at")} == {
        "kind": "order_confirmation", "owner": "staff/anna", "escalated": False, "met_at": None,
    }  # fmt: skip
    assert fact["snapshot"]["order"]["id"] == deadline["subject_id"]
    record = await mailroom.value("SELECT data::text FROM records WHERE kind = 'deadline.missed'")
    assert "@" not in record


async def test_staff_is_written_to_in_the_shops_language_and_zone_and_in_a_lane_of_their_own(
    mailroom: Mailroom,
) -> None:
    order_id = await missed(mailroom, **DESK)
    await look(mailroom)
    (message,) = await mailroom.fetch(
        "SELECT m.locale, m.time_zone, o.lane FROM messages m JOIN outbox o ON o.id = m.id"
        " WHERE m.order_id = $1 AND milestone = 'deadline_missed'",
        order_id,
    )
    assert tuple(message) == ("de-DE", "Europe/Berlin", "staff")


async def test_its_tasks_go_when_the_message_has_left_after_all(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    mailroom.clock.advance(HOUR + MINUTE)
    await look(mailroom)
    attempt = await mailroom.attempt(
        message, await mailroom.connect("email"), status="uncertain", then="sending", has_work=True
    )
    await mailroom.hear(attempt, "accepted")
    told = await trace(mailroom, message.order_id)
    assert told["tasks"] == [("promise_missed", "dropped", None)]
    assert told["records"] == ["deadline.missed", "deadline.met"]
    mailroom.clock.advance(HOUR)
    assert await look(mailroom) == {}


async def test_of_an_order_that_is_gone_nobody_is_told(mailroom: Mailroom) -> None:
    lost = DueClock(mailroom.shop.id, "test", mailroom.shop.id, mailroom.shop.id)
    with pytest.raises(NotFound):
        async with mailroom.begin(mailroom.scope) as tx:
            await tell_staff(tx, "missed", lost, now=mailroom.clock.now())


async def test_its_tasks_go_in_the_very_transaction_in_which_a_provider_has_accepted(
    mailroom: Mailroom, exchange: Exchange
) -> None:
    exchange.connect(mailroom.shop, "email", FakeSender())
    order_id = await promised_order(mailroom)
    mailroom.clock.advance(HOUR + MINUTE)
    await look(mailroom)
    async with exchange.running(), asyncio.timeout(15):
        while await mailroom.value("SELECT met_at FROM deadlines") is None:
            await asyncio.sleep(0.02)
    told = await trace(mailroom, order_id)
    assert told["tasks"] == [("promise_missed", "dropped", None)]
    assert told["records"] == ["deadline.missed", "deadline.met"]
