"""Communications made elsewhere: kept, and the promises that they keep."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, records, tasks, told
from tests.fixtures.locks import until_somebody_waits_for
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.page import Window
from tidings.kit.problem import InvalidInput, NotFound
from tidings.orders.communicate import CONFIRMATION, Said, log_communication
from tidings.orders.communications import communications_page
from tidings.orders.load import By
from tidings.orders.tables import CommunicationRow
from tidings.records.digests import digest_of
from tidings.tasks.open import Opening, open_tasks


async def log(begin: Begin, shop: Shop, clock: FixedClock, order_id: Any, **said: Any) -> CommunicationRow:
    usual = {"channel": "phone", "direction": "outbound", "summary": "Hello", "at": clock.now()}
    async with begin(shop.scope) as tx:
        return await log_communication(tx, order_id, Said(**{**usual, **said}), By("staff/7", clock.now()))


async def test_it_is_kept_and_the_words_stay_out_of_the_records(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="cancelled")
    row = await log(
        begin, shop, clock, order_id, summary="Ada rang.", channel="letter", contents=["contact", "contact"]
    )
    assert (row.channel, row.contents, row.fulfils, row.subject) == ("letter", ["contact"], None, None)
    *_, record = await records(begin, shop, order_id)
    assert (record["kind"], record["actor"], record["data"]["channel"]) == ("communication.logged", "staff/7", "letter")
    assert record["data"]["summary_digest"] == digest_of(row.salt or b"", "Ada rang.")
    assert "rang" not in str(await records(begin, shop, order_id)) + str(await facts(begin, shop, order_id))
    async with begin.reading(shop.scope) as tx:
        page = await communications_page(tx, order_id, Window())
        assert [said.summary for said in page.items] == ["Ada rang."]


async def test_an_incomplete_orders_promise_is_kept_by_a_call(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    clock.advance(timedelta(minutes=5))
    await log(begin, shop, clock, order_id, fulfils="order_confirmation", contents=CONFIRMATION)
    (deadline,) = await told(begin, "SELECT met_at, met_by FROM deadlines WHERE order_id = $1", order_id)
    assert deadline == {"met_at": clock.now(), "met_by": "staff/7"}


async def test_a_clock_that_is_a_little_ahead_is_forgiven_and_does_not_count(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    at = clock.now() + timedelta(seconds=30)
    await log(begin, shop, clock, order_id, fulfils="order_confirmation", contents=CONFIRMATION, at=at)
    (deadline,) = await told(begin, "SELECT met_at FROM deadlines WHERE order_id = $1", order_id)
    assert deadline["met_at"] == clock.now()


async def test_whoever_was_told_of_a_broken_promise_need_not_keep_it_any_more(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    (deadline,) = await told(
        begin, "UPDATE deadlines SET missed_at = $2 WHERE order_id = $1 RETURNING *", order_id, clock.now()
    )
    about = wire("ddl", deadline["id"])
    async with begin(shop.scope) as tx:
        await open_tasks(tx, Opening(shop.id, "test", order_id, "promise_missed", about, clock.now()))
    await log(begin, shop, clock, order_id, fulfils="order_confirmation", contents=CONFIRMATION)
    assert ("promise_missed", "dropped") in await tasks(begin, shop, order_id)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"by": timedelta(minutes=2)}, "/at"),
        ({"by": timedelta(seconds=-1)}, "/at"),
        ({"fulfils": "order_confirmation", "contents": CONFIRMATION[1:]}, "/contents"),
        ({"fulfils": "order_dispatched", "direction": "inbound"}, "/fulfils"),
        ({"subject": "ord_1"}, "/subject_id"),
    ],
)
async def test_what_cannot_be_is_refused(
    begin: Begin, shop: Shop, clock: FixedClock, said: dict[str, Any], pointer: str
) -> None:
    order_id = await placed(begin, shop, clock)
    at = clock.now() + said.pop("by", timedelta())
    with pytest.raises(InvalidInput) as refusal:
        await log(begin, shop, clock, order_id, at=at, **said)
    assert [fault.pointer for fault in refusal.value.faults] == [pointer]
    with pytest.raises(NotFound):
        await log(begin, shop, clock, None)


async def test_the_message_is_held_before_its_clock_as_by_whoever_settles_a_send(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    """In the other order the two would wait for each other, and one of them be thrown back."""
    order_id = await placed(begin, shop, clock)
    async with asyncio.TaskGroup() as group, begin.across() as settler:
        await settler.raw.execute("SELECT FROM messages WHERE order_id = $1 FOR NO KEY UPDATE", order_id)
        said = log(begin, shop, clock, order_id, fulfils="order_confirmation", contents=CONFIRMATION)
        logged = group.create_task(said)
        await until_somebody_waits_for(settler)
        await settler.raw.execute("SELECT FROM deadlines WHERE order_id = $1 FOR UPDATE NOWAIT", order_id)
    assert logged.result().fulfils == "order_confirmation"
    (deadline,) = await told(begin, "SELECT met_by FROM deadlines WHERE order_id = $1", order_id)
    assert deadline == {"met_by": "staff/7"}
