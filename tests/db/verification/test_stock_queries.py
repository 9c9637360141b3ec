import pytest

from tests.db.verification.store import Store
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import InvalidInput, NotFound
from tidings.verification.stock_queries import article_of, movements_page, stock_page


async def skus(store: Store, prefix: str | None = None, limit: int = 50) -> list[list[str]]:
    pages, window = [], Window(limit)
    async with store.begin.reading(store.shop.scope) as tx:
        while True:
            found = await stock_page(tx, prefix, window)
            pages.append([row.sku for row in found.items])
            if found.next_cursor is None:
                return pages
            window = Window(limit, decode_cursor(found.next_cursor))


async def test_articles_are_told_in_the_order_of_their_numbers_page_by_page(store: Store) -> None:
    await store.has(**{"B": 1, "a": 1, "A-2": 1, "A-10": 1, "Ä": 1})
    assert await skus(store) == [["A-10", "A-2", "B", "a", "Ä"]]
    assert await skus(store, limit=2) == [["A-10", "A-2"], ["B", "a"], ["Ä"]]


async def test_a_beginning_is_taken_as_it_is(store: Store) -> None:
    await store.has(**{"A_1": 1, "A%2": 1, "AB": 1, "B": 1})
    assert await skus(store, "A") == [["A%2", "AB", "A_1"]]
    assert await skus(store, "A_") == [["A_1"]]
    assert await skus(store, "%") == [[]]


async def test_movements_are_told_the_newest_first(store: Store) -> None:
    for count in (1, 2, 3):
        await store.has(TEA=count, POT=count)
    async with store.begin.reading(store.shop.scope) as tx:
        first = await movements_page(tx, "TEA", Window(2))
        rest = await movements_page(tx, "TEA", Window(2, decode_cursor(first.next_cursor or "")))
    assert [row.quantity for row in (*first.items, *rest.items)] == [1, 1, 1]
    assert [row.id for row in (*first.items, *rest.items)] == sorted(
        (row.id for row in (*first.items, *rest.items)), reverse=True
    )
    assert rest.next_cursor is None


async def test_what_is_not_there_is_not_found_and_a_foreign_cursor_is_named(store: Store) -> None:
    async with store.begin.reading(store.shop.scope) as tx:
        with pytest.raises(NotFound):
            await article_of(tx, "TEA")
        with pytest.raises(NotFound):
            await movements_page(tx, "TEA", Window())
        with pytest.raises(InvalidInput):
            await stock_page(tx, None, Window(50, ("a", "b")))
