from uuid import UUID

from tests.db.verification.store import Store, line
from tidings.orders.load import order_for_update
from tidings.verification.commit import commit_goods
from tidings.verification.release import release_goods, release_unwanted


async def release(store: Store, order_id: UUID) -> list[str]:
    async with store.begin(store.shop.scope) as tx:
        return await release_goods(tx, await order_for_update(tx, order_id), store.by)


async def test_what_is_promised_is_free_again_and_that_is_done_once(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await store.order(line("TEA", 2), line("POT"))
    await store.work()
    assert sorted(await release(store, order_id)) == ["POT", "TEA"]
    assert await store.stock() == {"TEA": (5, 0), "POT": (1, 0)}
    assert {status for _, _, status in (await store.promised(order_id)).values()} == {"released"}
    assert await release(store, order_id) == []
    assert await store.is_sound()


async def test_what_has_left_with_a_parcel_stays_gone(store: Store) -> None:
    await store.has(TEA=5, POT=1)
    order_id = await store.order(line("TEA", 2), line("POT"))
    await store.work()
    async with store.begin(store.shop.scope) as tx:
        await commit_goods(tx, await order_for_update(tx, order_id), {"TEA": 1, "POT": 1}, "shp_1", store.by)
    assert await release(store, order_id) == ["TEA"]
    assert await store.stock() == {"TEA": (4, 0), "POT": (0, 0)}
    assert await store.promised(order_id) == {"TEA": (0, 1, "committed"), "POT": (0, 1, "committed")}
    assert await store.is_sound()


async def test_whoever_waits_for_what_is_free_again_need_not_wait_for_the_next_delivery(store: Store) -> None:
    await store.has(TEA=2)
    first, second = await store.order(line("TEA", 2)), await store.order(line("TEA", 2))
    await store.work()
    assert [(await store.checks(order_id))[1] for order_id in (first, second)] == ["passed", "failed"]
    await release(store, first)
    await store.work()
    assert (await store.checks(second))[1] == "passed"
    assert await store.promised(second) == {"TEA": (2, 0, "held")}


async def test_of_what_the_lines_still_want_nothing_is_given_back(store: Store) -> None:
    await store.has(TEA=5, POT=1, CUP=1)
    order_id = await store.order(line("TEA", 3), line("POT"), line("CUP"))
    await store.work()
    await store.relined(order_id, line("TEA", 2), line("CUP", 2))
    async with store.begin(store.shop.scope) as tx:
        assert await release_unwanted(tx, await order_for_update(tx, order_id), store.by) == ["POT", "TEA"]
    assert await store.stock() == {"TEA": (5, 2), "POT": (1, 0), "CUP": (1, 1)}
    assert await store.is_sound()
