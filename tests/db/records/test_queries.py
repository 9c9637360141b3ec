from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin, Scope
from tidings.kit.ids import new_id
from tidings.kit.page import Window, decode_cursor
from tidings.records.append import Entry, append
from tidings.records.queries import last_of_kind, records_about, trail_of_order


async def written(begin: Begin, scope: Scope, clock: FixedClock, order_id: UUID, *kinds: str) -> None:
    async with begin(scope) as tx:
        await append(
            tx,
            *(Entry(scope.storefront_id, order_id, scope.mode, kind, "x", "tests", clock.now()) for kind in kinds),
        )


async def test_an_orders_trail_is_its_own_in_its_order(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    order_id = new_id()
    await written(begin, shop.scope, clock, order_id, "a", "b", "c")
    await written(begin, shop.scope, clock, new_id(), "other order")
    await written(begin, shop.live_scope, clock, order_id, "other mode")
    await written(begin, other_shop.scope, clock, order_id, "other shop")
    async with begin.reading(shop.scope) as tx:
        first = await trail_of_order(tx, order_id, Window(limit=2))
        assert first.next_cursor is not None
        rest = await trail_of_order(tx, order_id, Window(limit=2, after=decode_cursor(first.next_cursor)))
    assert [record.kind for record in [*first.items, *rest.items]] == ["a", "b", "c"]
    assert rest.next_cursor is None


async def test_the_newest_of_a_kind_is_found(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = new_id()
    await written(begin, shop.scope, clock, order_id, "a", "a", "b")
    async with begin.reading(shop.scope) as tx:
        trail = await trail_of_order(tx, order_id, Window())
        found = await last_of_kind(tx, order_id, "a")
        assert await last_of_kind(tx, order_id, "c") is None
    assert found is not None
    assert found.id == trail.items[1].id


async def test_what_was_written_is_read_with_its_record_until_it_is_erased(
    begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = new_id()
    told = Entry(shop.id, order_id, "test", "a", "msg_1", "tests", clock.now(), {"n": 1}, {"reason": "Ada rang."})
    async with begin(shop.scope) as tx:
        await append(tx, told, Entry(shop.id, order_id, "test", "b", "x", "tests", clock.now(), {"message": "msg_1"}))

    async def read() -> list[dict[str, object]]:
        async with begin.reading(shop.scope) as tx:
            trail = await trail_of_order(tx, order_id, Window())
            about = await records_about(tx, order_id, "msg_1")
            last = await last_of_kind(tx, order_id, "a")
        assert last is not None
        assert [line.data for line in about] == [line.data for line in trail.items]
        assert last.data == about[0].data
        return [line.data for line in about]

    first, second = await read()
    assert (first["n"], first["reason"], second) == (1, "Ada rang.", {"message": "msg_1"})
    async with keeper(shop.scope) as tx:
        await tx.raw.execute("UPDATE record_words SET words = '{}', salt = NULL")
    assert await read() == [{"n": 1, "reason_digest": first["reason_digest"]}, second]
