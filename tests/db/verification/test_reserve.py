from uuid import UUID

from tests.db.verification.store import Store, line
from tidings.orders.load import order_for_update
from tidings.verification.goods import Lack, Reserved
from tidings.verification.reserve import reserve_goods


async def reserve(store: Store, order_id: UUID, *, knows_all: bool = False) -> Reserved | list[Lack]:
    async with store.begin(store.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        return await reserve_goods(tx, order, store.by, knows_all=knows_all)


async def test_all_lines_of_products_are_promised_at_once(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await store.order(line("TEA", 2), line("POT"), line("TEA", 1), line("HELP", 3, kind="service"))
    assert await reserve(store, order_id) == Reserved(untracked=[], is_any=True)
    assert await store.stock() == {"TEA": (5, 3), "POT": (1, 1)}
    assert await store.promised(order_id) == {"TEA": (3, 0, "held"), "POT": (1, 0, "held")}
    assert (await store.movements())[2:] == [("POT", "reserved", 1), ("TEA", "reserved", 3)]
    assert await store.is_sound()


async def test_done_again_it_does_nothing(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order()
    for _ in range(2):
        assert isinstance(await reserve(store, order_id), Reserved)
    assert await store.stock() == {"TEA": (5, 2)}


async def test_all_that_lacks_is_told_and_nothing_is_promised(store: Store) -> None:
    await store.has(TEA=1, POT=1, CUP=9)
    order_id = await store.order(line("TEA", 2), line("POT", 2), line("CUP", 2))
    assert await reserve(store, order_id) == [Lack("POT", 2, 1), Lack("TEA", 2, 1)]
    assert await store.stock() == {"TEA": (1, 0), "POT": (1, 0), "CUP": (9, 0)}
    assert await store.promised(order_id) == {}


async def test_what_the_ledger_does_not_know_is_not_tracked_unless_it_knows_all(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order(line("TEA", 2), line("ODD"))
    assert await reserve(store, order_id, knows_all=True) == [Lack("ODD", 1, None)]
    assert await store.stock() == {"TEA": (5, 0)}
    assert await reserve(store, order_id) == Reserved(untracked=["ODD"], is_any=True)
    assert await store.stock() == {"TEA": (5, 2)}


async def test_after_a_change_the_difference_is_promised_or_given_back(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await store.order(line("TEA", 2))
    await reserve(store, order_id)
    await store.relined(order_id, line("TEA", 5), line("POT"))
    await reserve(store, order_id)
    assert await store.stock() == {"TEA": (5, 5), "POT": (1, 1)}
    await store.relined(order_id, line("TEA", 1))
    await reserve(store, order_id)
    assert await store.promised(order_id) == {"TEA": (1, 0, "held"), "POT": (0, 0, "released")}
    await store.relined(order_id, line("TEA", 1), line("POT"))
    await reserve(store, order_id)
    assert await store.promised(order_id) == {"TEA": (1, 0, "held"), "POT": (1, 0, "held")}
    assert await store.is_sound()


async def test_a_change_that_lacks_goods_leaves_what_was_promised(store: Store) -> None:
    await store.has(TEA=3)
    order_id = await store.order(line("TEA", 2))
    await reserve(store, order_id)
    await store.relined(order_id, line("TEA", 5))
    assert await reserve(store, order_id) == [Lack("TEA", 3, 1)]
    assert await store.promised(order_id) == {"TEA": (2, 0, "held")}


async def test_what_is_not_wanted_any_more_is_free_though_something_else_lacks(store: Store) -> None:
    await store.has(TEA=2, POT=1)
    order_id, waiting = await store.order(line("TEA", 2)), await store.order(line("TEA", 2))
    await store.work()
    await store.relined(order_id, line("POT", 2))
    assert await reserve(store, order_id) == [Lack("POT", 2, 1)]
    assert await store.stock() == {"TEA": (2, 0), "POT": (1, 0)}
    await store.work()
    assert (await store.checks(waiting))[1] == "passed"
