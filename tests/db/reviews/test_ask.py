"""A review that somebody asks for."""

import asyncio
import json

from tests.db.reviews.board import DAY, Board
from tests.fixtures.shop import Shop


async def test_it_is_opened_at_once_with_figures_of_the_mode_that_asks(board: Board) -> None:
    row, is_opened = await board.ask("The carrier has changed")
    assert is_opened
    assert await board.causes() == [("by_hand", {"reason": "The carrier has changed"})]
    assert (await board.reviews())[0]["opened_by"] == "staff/anna"
    assert row.input["mode"] == "test"
    (record,) = await board.records()
    assert "carrier" not in json.dumps(record["data"]), "what somebody wrote stands beside the trail"


async def test_if_one_is_open_it_joins(board: Board) -> None:
    first, _ = await board.ask()
    second, is_opened = await board.ask("And another thing")
    assert (second.id, is_opened) == (first.id, False)
    assert await board.kinds() == ["by_hand", "by_hand"]


async def test_many_at_once_open_one(board: Board) -> None:
    answers = await asyncio.gather(*(board.ask(f"reason {n}") for n in range(5)))
    assert sum(is_opened for _, is_opened in answers) == 1
    assert len(await board.reviews()) == 1
    assert len(await board.causes()) == 5


async def test_the_next_year_counts_from_it(board: Board) -> None:
    board.clock.advance(200 * DAY)
    await board.ask()
    await board.conclude()
    board.clock.advance(360 * DAY)
    assert await board.look() == 0
    board.clock.advance(6 * DAY)
    assert await board.look() == 1


async def test_a_shop_that_nobody_has_looked_at_yet_can_be_reviewed(board: Board, other_shop: Shop) -> None:
    board.shop = other_shop
    _, is_opened = await board.ask()
    assert is_opened
