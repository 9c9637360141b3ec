"""The outcome of a review: recorded once, with what is to be done."""

import asyncio

import pytest

from tests.db.reviews.board import ANNA, DAY, Board
from tidings.kit.ids import new_id
from tidings.kit.problem import InvalidInput, NotFound
from tidings.reviews.conclude import ToDo
from tidings.reviews.errors import ReviewConcluded


async def test_it_is_recorded_by_whom_with_its_follow_ups_as_tasks(board: Board) -> None:
    await board.ask()
    board.clock.advance(DAY)
    todo = [ToDo("Shorten the text", "staff/bo", board.now + 7 * DAY), ToDo("Call the carrier", ANNA, board.now + DAY)]
    row = await board.conclude(None, *todo)
    assert (row.status, row.decision, row.concluded_by, row.concluded_at) == (
        "concluded",
        "Well enough",
        ANNA,
        board.now,
    )
    held, *follow_ups = await board.tasks()
    assert (held["kind"], held["status"]) == ("hold_review", "dropped")
    assert [(task["kind"], task["owner"], task["due_at"], task["data"]["what"]) for task in follow_ups] == [
        ("review_follow_up", each.owner, each.due_at, each.what) for each in todo
    ]
    assert await board.events() == ["review.opened", "review.concluded"]
    *_, record = await board.records()
    assert (record["kind"], record["actor"], record["data"]["follow_ups"]) == ("review.concluded", ANNA, 2)
    assert "Well enough" not in str(record["data"]), "what was said stands beside the trail"
    assert [seq for _, seq in await board.mails()] == [1], "whoever decided it knows"


async def test_it_has_one_outcome_whoever_is_quicker(board: Board) -> None:
    await board.ask()
    review_id = (await board.reviews())[0]["id"]
    answers = await asyncio.gather(*(board.conclude(review_id) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(answer, ReviewConcluded) for answer in answers) == 2
    assert (await board.events()).count("review.concluded") == 1


async def test_nothing_is_to_be_done_in_the_past(board: Board) -> None:
    await board.ask()
    todo = [ToDo("a", ANNA, board.now), ToDo("b", ANNA, board.now + DAY), ToDo("c", ANNA, board.now - DAY)]
    with pytest.raises(InvalidInput) as refused:
        await board.conclude(None, *todo)
    assert [fault.pointer for fault in refused.value.faults] == ["/follow_ups/0/due_at", "/follow_ups/2/due_at"]
    assert (await board.reviews())[0]["status"] == "open"


async def test_one_that_is_not_there_has_none(board: Board) -> None:
    with pytest.raises(NotFound):
        await board.conclude(new_id())


async def test_the_next_cause_opens_another(board: Board) -> None:
    await board.policy(completes_after_days=7)
    await board.look()
    await board.conclude()
    board.clock.advance(DAY)
    await board.policy(completes_after_days=8)
    await board.look()
    first, second = await board.reviews()
    assert (first["status"], second["status"]) == ("concluded", "open")
    assert second["input"] is not None
