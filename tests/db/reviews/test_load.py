"""Reviews in hand."""

import pytest

from tests.db.reviews.board import Board
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound
from tidings.kit.scope import Scope
from tidings.reviews.errors import ReviewConcluded
from tidings.reviews.load import causes_of, open_review_for_update


async def test_an_open_one_is_found_with_its_causes_in_their_order(board: Board) -> None:
    row, _ = await board.ask("first")
    await board.ask("second")
    async with board.begin(board.shop.scope) as tx:
        assert (await open_review_for_update(tx, row.id)).id == row.id
        causes = await causes_of(tx, row.id, new_id())
    assert [cause.about["reason"] for cause in causes[row.id]] == ["first", "second"]
    assert len(causes) == 2


async def test_one_that_is_not_there_or_somebody_elses_or_concluded_is_refused(board: Board, other_shop: Shop) -> None:
    row, _ = await board.ask()
    for scope, review_id in ((board.shop.scope, None), (board.shop.scope, new_id()), (other_shop.scope, row.id)):
        async with board.begin(Scope(scope.storefront_id, "test")) as tx:
            with pytest.raises(NotFound):
                await open_review_for_update(tx, review_id)
    await board.conclude()
    async with board.begin(board.shop.scope) as tx:
        with pytest.raises(ReviewConcluded) as refused:
            await open_review_for_update(tx, row.id)
    assert refused.value.members["concluded_by"] == "staff/anna"
