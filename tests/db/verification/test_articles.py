import asyncio

import asyncpg
import pytest

from tests.db.verification.store import Store
from tidings.verification.articles import Why, article_for_update, articles_for_update, move_stock


async def test_articles_are_locked_in_the_order_of_their_numbers_so_that_nobody_waits_in_a_circle(store: Store) -> None:
    await store.has(B=5, A=5, C=5)

    async def take(*skus: str) -> None:
        async with store.begin(store.shop.scope) as tx:
            for row in (await articles_for_update(tx, skus)).values():
                move_stock(tx, row, Why("reserved", "tests", store.clock.now()), reserved=1)

    await asyncio.gather(*(take(*skus) for skus in ("ABC", "CBA", "BCA", "CAB")))
    assert set((await store.stock()).values()) == {(5, 4)}


async def test_what_the_ledger_does_not_know_is_left_out(store: Store) -> None:
    await store.has(TEA=1)
    async with store.begin(store.shop.scope) as tx:
        assert set(await articles_for_update(tx, ["TEA", "NOT", "TEA"])) == {"TEA"}
        assert await articles_for_update(tx, []) == {}


async def test_an_article_comes_into_being_once_whoever_asks_first(store: Store) -> None:
    async def make() -> int:
        async with store.begin(store.shop.scope) as tx:
            row = await article_for_update(tx, "NEW", store.clock.now())
            move_stock(tx, row, Why("received", "tests", store.clock.now()), on_hand=1)
            return row.version

    assert sorted(await asyncio.gather(*(make() for _ in range(4)))) == [1, 2, 3, 4]
    assert await store.stock() == {"NEW": (4, 0)}


async def test_the_database_itself_sells_nothing_that_is_not_there(store: Store) -> None:
    await store.has(TEA=1)
    with pytest.raises(asyncpg.CheckViolationError):
        async with store.begin.across() as tx:
            await tx.raw.execute("UPDATE stock SET reserved = 2")


async def test_movements_stay_as_they_were_told(store: Store) -> None:
    await store.has(TEA=1)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with store.begin.across() as tx:
            await tx.raw.execute("UPDATE stock_movements SET quantity = 2")


async def test_live_and_test_articles_are_kept_apart(store: Store) -> None:
    await store.has(TEA=1)
    async with store.begin(store.shop.live_scope) as tx:
        assert await articles_for_update(tx, ["TEA"]) == {}
