from uuid import UUID

from tests.db.verification.store import Store, line
from tidings.orders.load import order_for_update
from tidings.verification.commit import commit_goods


async def commit(store: Store, order_id: UUID, **gone: int) -> None:
    async with store.begin(store.shop.scope) as tx:
        await commit_goods(tx, await order_for_update(tx, order_id), gone, "shp_1", store.by)


async def test_what_left_is_gone_from_the_ledger_and_from_the_promise(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order(line("TEA", 3))
    await store.work()
    await commit(store, order_id, TEA=1)
    assert (await store.stock(), await store.promised(order_id)) == ({"TEA": (4, 2)}, {"TEA": (2, 1, "held")})
    await commit(store, order_id, TEA=2)
    assert (await store.stock(), await store.promised(order_id)) == ({"TEA": (2, 0)}, {"TEA": (0, 3, "committed")})
    assert (await store.movements())[-2:] == [("TEA", "committed", -1), ("TEA", "committed", -2)]
    assert await store.is_sound()


async def test_what_was_never_promised_is_taken_from_what_is_free(store: Store) -> None:
    await store.has(TEA=5)
    await store.order(line("TEA", 4))
    await store.work()
    by_hand = await store.order(line("TEA", 3))
    await commit(store, by_hand, TEA=3)
    # Four are somebody else's, and the ledger cannot have fewer than it promised.
    assert await store.stock() == {"TEA": (4, 4)}
    assert await store.promised(by_hand) == {"TEA": (0, 3, "committed")}
    assert await store.is_sound()


async def test_what_the_ledger_does_not_know_leaves_no_trace(store: Store) -> None:
    order_id = await store.order(line("ODD"))
    await commit(store, order_id, ODD=1)
    assert (await store.stock(), await store.promised(order_id), await store.movements()) == ({}, {}, [])


async def test_what_has_left_is_not_promised_anew(store: Store) -> None:
    await store.has(TEA=5)
    order_id = await store.order(line("TEA", 3))
    await store.work()
    await commit(store, order_id, TEA=3)
    await store.errand("check_stock", order_id)
    await store.work()
    assert await store.stock() == {"TEA": (2, 0)}
