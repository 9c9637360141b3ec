"""Opening, and joining what is open."""

from datetime import timedelta

from tests.db.reviews.board import DAY, Board
from tidings.kit.scope import Scope
from tidings.orders.load import By
from tidings.reviews.changes import Cause
from tidings.reviews.open import open_one, open_review


async def test_the_same_cause_counts_once_even_after_the_outcome(board: Board) -> None:
    cause = Cause("policy", "policy:1", board.now, "staff/anna", {"version": 1})
    scope, by = Scope(board.shop.id, "live"), By("system", board.now)
    async with board.begin(scope) as tx:
        first = await open_review(tx, [cause], by)
    assert first is not None
    async with board.begin(scope) as tx:
        assert await open_review(tx, [cause], by) is None
    await board.conclude()
    async with board.begin(scope) as tx:
        assert await open_review(tx, [cause], by) is None
        assert await open_one(tx) is None
    async with board.begin(scope) as tx:
        other = await open_review(tx, [cause, Cause("policy", "policy:2", board.now, "staff/anna")], by)
    assert other is not None
    assert other.id != first.id
    assert await board.kinds() == ["policy", "policy"]


async def test_whoever_is_on_duty_holds_it(board: Board) -> None:
    today = (board.now + timedelta(hours=1)).date()
    await board.policy(desk={"owner_out": [{"first": str(today - DAY), "last": str(today + DAY)}]})
    await board.look()
    assert (await board.reviews())[0]["owner"] == "staff/bo"
