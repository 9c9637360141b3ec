"""Reviews on the wire."""

from tests.db.reviews.board import ANNA, DAY, Board
from tidings.kit.ids import wire
from tidings.reviews.conclude import ToDo
from tidings.reviews.queries import review_by_id
from tidings.reviews.schemas import review_of, summary_of


async def test_a_review_tells_why_by_when_on_which_figures_and_what_came_of_it(board: Board) -> None:
    row, _ = await board.ask("Why not")
    async with board.begin(board.shop.scope) as tx:
        found = await review_by_id(tx, row.id)
    told = review_of(found.row, found.causes)
    assert (told.id, told.status, told.outcome) == (wire("rev", row.id), "open", None)
    assert [(cause.kind, cause.about, cause.actor) for cause in told.causes] == [
        ("by_hand", {"reason": "Why not"}, ANNA)
    ]
    assert told.input.until == board.now
    todo = ToDo("Do it", "staff/bo", board.now + DAY)
    concluded = await board.conclude(row.id, todo)
    outcome = summary_of(concluded, found.causes).outcome
    assert outcome is not None
    assert (outcome.decision, outcome.concluded_by, outcome.concluded_at) == ("Well enough", ANNA, board.now)
    assert [(each.what, each.owner, each.due_at) for each in outcome.follow_ups] == [("Do it", "staff/bo", todo.due_at)]
