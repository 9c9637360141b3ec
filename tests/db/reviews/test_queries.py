"""Reviews, found."""

import pytest

from tests.db.reviews.board import Board
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import NotFound
from tidings.reviews.queries import review_by_id, reviews_page


async def test_the_newest_comes_first_page_by_page(board: Board) -> None:
    for n in range(3):
        await board.ask(f"reason {n}")
        if n < 2:
            await board.conclude()
    wanted = [row["id"] for row in await board.reviews()][::-1]
    async with board.begin(board.shop.live_scope) as tx:
        first = await reviews_page(tx, None, Window(limit=2))
        rest = await reviews_page(tx, None, Window(limit=2, after=decode_cursor(first.next_cursor or "")))
        still_open = await reviews_page(tx, "open", Window())
        concluded = await reviews_page(tx, "concluded", Window())
    assert [each.row.id for each in (*first.items, *rest.items)] == wanted
    assert rest.next_cursor is None
    assert [each.row.id for each in still_open.items] == wanted[:1]
    assert [each.row.id for each in concluded.items] == wanted[1:]
    assert [each.causes[0].about["reason"] for each in first.items] == ["reason 2", "reason 1"]


async def test_another_shops_is_not_found(board: Board, other_shop: Shop) -> None:
    row, _ = await board.ask()
    async with board.begin(board.shop.scope) as tx:
        assert (await review_by_id(tx, row.id)).row.id == row.id
    async with board.begin(other_shop.scope) as tx:
        assert (await reviews_page(tx, None, Window())).items == []
        for review_id in (row.id, new_id(), None):
            with pytest.raises(NotFound):
                await review_by_id(tx, review_id)
