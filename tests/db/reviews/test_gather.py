"""What a review goes by: figures of the time since the last one."""

from datetime import timedelta

from tests.db.reviews.board import DAY, Board
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised
from tidings.kit.scope import Scope
from tidings.reviews.gather import gathered

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def test_it_holds_service_levels_missed_promises_feedback_and_templates(mailroom: Mailroom) -> None:
    by = await mailroom.connect("email")
    await mailroom.sent(by)
    await promised(mailroom, HOUR, kind="change_acknowledged", **instants(mailroom, met_at=2 * HOUR))
    now = mailroom.clock.advance(3 * HOUR)
    async with mailroom.begin(mailroom.scope) as tx:
        found = await gathered(tx, now - DAY, now, "Europe/Berlin")
    assert (found.mode, found.from_at, found.until) == ("test", now - DAY, now)
    assert {level.kind: (level.kept, level.late) for level in found.service_levels} == {
        "order_confirmation": (1, 0), "change_acknowledged": (0, 1),
    }  # fmt: skip
    assert [(missed.kind, missed.late, missed.missed) for missed in found.missed_promises] == [
        ("change_acknowledged", 1, 0)
    ]
    assert found.feedback.given == 0


async def test_it_looks_back_a_year_and_no_farther(mailroom: Mailroom) -> None:
    now = mailroom.clock.now()
    async with mailroom.begin(mailroom.scope) as tx:
        found = await gathered(tx, now - 1000 * DAY, now, "UTC")
    assert found.from_at == now - 366 * DAY


async def test_it_is_frozen_at_the_opening_and_begins_where_the_last_one_did(board: Board, mailroom: Mailroom) -> None:
    await board.ask()
    board.clock.advance(DAY)
    await board.conclude()
    await promised(mailroom, HOUR, **instants(mailroom, met_at=MINUTE))
    board.clock.advance(DAY)
    await board.ask()
    first, second = await board.reviews()
    async with board.begin(Scope(board.shop.id, "test")) as tx:
        # The same figures, as they are by now.
        now = await gathered(tx, first["opened_at"], board.now, "UTC")
    assert [level.kept for level in now.service_levels] == [1]
    stored = second["input"] if isinstance(second["input"], str) else str(second["input"])
    assert "order_confirmation" in stored
    assert "order_confirmation" not in str(first["input"])
