"""Staff is reminded of a review, told when it is late, and somebody else if it stays so: each once."""

import asyncio
from datetime import timedelta

import pytest

from tests.db.reviews.board import DAY, Board
from tidings.reviews import remind

SECOND = timedelta(seconds=1)


@pytest.fixture
async def opened(board: Board) -> Board:
    await board.policy(completes_after_days=7)
    await board.look()
    return board


async def test_reminded_missed_and_handed_on_each_in_its_time(opened: Board) -> None:
    assert await opened.remind() == {}
    opened.clock.advance(23 * DAY - SECOND)
    assert await opened.remind() == {}
    for wait, stage in ((SECOND, "warned"), (7 * DAY, "missed"), (7 * DAY, "escalated")):
        opened.clock.advance(wait)
        assert await opened.remind() == {stage: 1}
        assert await opened.remind() == {}
        (review,) = await opened.reviews()
        assert review[f"{stage}_at"] == opened.now
    assert await opened.events() == ["review.opened", "review.warned", "review.missed", "review.escalated"]
    assert [record["kind"] for record in await opened.records()] == await opened.events()
    assert await opened.mails() == [
        ("desk@shop.test", 1), ("desk@shop.test", 2), ("desk@shop.test", 3), ("bo@shop.test", 4),
    ]  # fmt: skip
    (task,) = await opened.tasks()
    assert (task["owner"], task["status"]) == ("staff/bo", "open")
    assert (await opened.reviews())[0]["owner"] == "staff/bo"
    opened.clock.advance(365 * DAY)
    assert await opened.remind() == {}


async def test_the_policy_says_when(board: Board) -> None:
    await board.policy(reviews={"due_within_days": 10, "remind_before_days": 2, "escalate_after_days": 1})
    await board.look()
    told = []
    for _ in range(13):
        told.append(await board.remind())
        board.clock.advance(DAY)
    assert [n for n, each in enumerate(told) if each] == [8, 10, 11]


async def test_what_is_late_is_not_reminded_of(opened: Board) -> None:
    opened.clock.advance(60 * DAY)
    assert await opened.remind() == {"missed": 1}
    assert await opened.remind() == {"escalated": 1}
    assert await opened.remind() == {}


async def test_once_however_many_look(opened: Board) -> None:
    opened.clock.advance(23 * DAY)
    looks = await asyncio.gather(*(opened.remind() for _ in range(4)))
    assert sum(sum(look.values()) for look in looks) == 1
    assert len(await opened.mails()) == 2


async def test_nobody_is_told_of_one_that_has_its_outcome(opened: Board) -> None:
    opened.clock.advance(22 * DAY)
    await opened.conclude()
    opened.clock.advance(60 * DAY)
    assert await opened.remind() == {}


async def test_one_that_is_concluded_meanwhile_is_passed_over(opened: Board) -> None:
    opened.clock.advance(23 * DAY)
    review = (await opened.reviews())[0]
    await opened.conclude()
    scope = opened._scope()
    assert await remind._reminded(opened.worker_begin, scope, review["id"], opened.now) is None


async def test_a_task_that_was_finished_without_an_outcome_is_opened_again(opened: Board) -> None:
    async with opened.begin.across() as tx:
        await tx.raw.execute("UPDATE tasks SET status = 'done', outcome = 'looked at it'")
    opened.clock.advance(30 * DAY)
    await opened.remind()
    assert [(task["kind"], task["status"]) for task in await opened.tasks()] == [
        ("hold_review", "done"), ("hold_review", "open"),
    ]  # fmt: skip


async def test_a_worker_that_dies_over_it_has_told_nothing(opened: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    opened.clock.advance(23 * DAY)
    for step in ("tell", "open_tasks"):
        with monkeypatch.context() as broken:
            broken.setattr(remind, step, dies)
            with pytest.raises(KeyboardInterrupt):
                await opened.remind()
        assert (await opened.events(), len(await opened.mails())) == (["review.opened"], 1)
    assert await opened.remind() == {"warned": 1}


async def test_one_that_cannot_be_told_keeps_the_others_from_nothing(
    opened: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stumbles(*_: object, **__: object) -> None:
        raise ValueError

    opened.clock.advance(23 * DAY)
    with monkeypatch.context() as broken:
        broken.setattr(remind, "tell", stumbles)
        assert await opened.remind() == {}
    assert await opened.remind() == {"warned": 1}
