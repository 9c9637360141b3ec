"""The event log, read by cursor: nothing is missed, nothing comes twice."""

import asyncio
import itertools
from contextlib import AsyncExitStack

import pytest

from tests.clock import FixedClock
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import InvalidInput, NotFound
from tidings.kit.rows import insert
from tidings.kit.scope import Scope
from tidings.webhooks.queries import Told, events_after
from tidings.webhooks.tell import Telling, event_rows

# One event of a transaction of long ago.
_WRITTEN_BY = """
INSERT INTO events (storefront_id, mode, order_id, id, kind, xid, order_seq, actor, occurred_at, snapshot)
VALUES ($1, $2, $3, $4, $5, $6::text::xid8, 1, 'tests', now(), '{}')
"""


async def tell(tx: Tx, scope: Scope, clock: FixedClock, kind: str = "note.written") -> None:
    telling = Telling(
        scope.storefront_id, scope.mode, new_id(), 1, kind, "tests", clock.now(), '{"order":{"z":1,"a":2}}'
    )
    await insert(tx, event_rows([telling]))


async def read(begin: Begin, scope: Scope, after: str | None = None, window: Window | None = None) -> list[Told]:
    async with begin.reading(scope) as tx:
        return list((await events_after(tx, after, window or Window())).items)


async def told(begin: Begin, shop: Shop, clock: FixedClock, number: int) -> list[Told]:
    for _ in range(number):
        async with begin(shop.scope) as tx:
            await tell(tx, shop.scope, clock)
    return await read(begin, shop.scope)


async def test_a_transaction_held_open_across_a_read_is_missed_by_nobody(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    async with AsyncExitStack() as held:
        late = await held.enter_async_context(begin(shop.scope))
        await tell(late, shop.scope, clock, "order.closed")
        # Later numbers, committed earlier.
        for _ in range(3):
            async with begin(shop.scope) as tx:
                await tell(tx, shop.scope, clock)
        before = await read(begin, shop.scope)
        assert before == []
    after = await read(begin, shop.scope)
    assert [one.kind for one in after] == ["order.closed", *["note.written"] * 3]


async def test_a_reader_that_goes_on_from_its_last_event_sees_each_once_while_many_write(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    seen: list[object] = []
    done = asyncio.Event()

    async def write(number: int) -> None:
        for turn in range(15):
            async with begin(shop.scope) as tx:
                await tell(tx, shop.scope, clock)
                await asyncio.sleep(0.001 * ((number + turn) % 4))

    async def follow() -> None:
        last: str | None = None
        while True:
            ended = done.is_set()
            news = await read(begin, shop.scope, last, Window(limit=7))
            seen.extend(one.id for one in news)
            last = wire("evt", news[-1].id) if news else last
            if ended and not news:
                return

    async with asyncio.TaskGroup() as group:
        group.create_task(follow())
        async with asyncio.TaskGroup() as writers:
            for number in range(3):
                writers.create_task(write(number))
        done.set()
    everything = [one.id for one in await read(begin, shop.scope, None, Window(limit=200))]
    assert seen == everything
    assert len(seen) == len(set(seen)) == 45


async def test_events_come_in_the_order_of_their_transactions_however_many_digits_those_have(
    begin: Begin, shop: Shop
) -> None:
    planted = ("98", "99", "100", "101")
    async with begin(shop.scope) as tx:
        for xid in planted:
            await tx.raw.execute(_WRITTEN_BY, shop.id, shop.scope.mode, new_id(), new_id(), f"by.{xid}", xid)
    first = await read(begin, shop.scope, None, Window(limit=2))
    rest = await read(begin, shop.scope, wire("evt", first[-1].id))
    assert [one.kind for one in (*first, *rest)] == [f"by.{xid}" for xid in planted]
    for behind, ahead in itertools.pairwise(first + rest):
        (following, *_) = await read(begin, shop.scope, str(behind.position.sequence))
        assert following.id == ahead.id
    assert await read(begin, shop.scope, str(rest[-1].position.sequence + 1)) == []


async def test_one_can_go_on_after_an_id_a_number_or_a_cursor(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    events = await told(begin, shop, clock, 4)
    last = events[1]
    async with begin.reading(shop.scope) as tx:
        page = await events_after(tx, None, Window(limit=2))
    assert page.next_cursor is not None
    for after in (wire("evt", last.id), str(last.position.sequence), page.next_cursor):
        assert [one.id for one in await read(begin, shop.scope, after)] == [events[2].id, events[3].id]
    window = Window(after=decode_cursor(page.next_cursor))
    assert [one.id for one in await read(begin, shop.scope, None, window)] == [events[2].id, events[3].id]


async def test_a_number_that_belongs_to_nobody_here_skips_nothing(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    (first,) = await told(begin, shop, clock, 1)
    async with begin(other_shop.scope) as tx:
        await tell(tx, other_shop.scope, clock)
    *_, second = await told(begin, shop, clock, 1)
    between = first.position.sequence + 1
    assert second.position.sequence > between
    assert [one.id for one in await read(begin, shop.scope, str(between))] == [second.id]
    assert [one.id for one in await read(begin, shop.scope, "0")] == [first.id, second.id]
    assert await read(begin, shop.scope, str(second.position.sequence + 1000)) == []
    assert await read(begin, shop.live_scope, "5") == []


@pytest.mark.parametrize("after", ["1" * 19, "x", "WyJ4IiwgMV0", "W10"])
async def test_what_is_no_place_in_the_log_is_refused(begin: Begin, shop: Shop, after: str) -> None:
    with pytest.raises(InvalidInput):
        await read(begin, shop.scope, after)


async def test_anothers_event_is_not_found(begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock) -> None:
    (event,) = await told(begin, shop, clock, 1)
    for scope in (other_shop.scope, shop.live_scope):
        with pytest.raises(NotFound):
            await read(begin, scope, wire("evt", event.id))
    with pytest.raises(NotFound):
        await read(begin, shop.scope, "evt_nonsense")


async def test_the_snapshot_is_kept_to_the_letter(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    (event,) = await told(begin, shop, clock, 1)
    assert event.snapshot == '{"order":{"z":1,"a":2}}'


async def test_a_placed_order_is_told(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    placed = await place(begin, shop, clock.now())
    (event,) = await read(begin, shop.scope)
    assert (event.kind, event.order_id, event.order_seq, event.actor) == ("order.placed", placed.order_id, 1, "tests")
