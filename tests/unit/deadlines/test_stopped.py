"""A clock that runs no more, as a statement tells of it."""

from datetime import UTC, datetime

from tidings.deadlines.stopped import COLUMNS, StoppedClock
from tidings.kit.ids import new_id, wire

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_row_of_the_named_columns_becomes_a_stopped_clock() -> None:
    row = dict.fromkeys((name.strip() for name in COLUMNS.split(",")), None) | {
        "id": new_id(), "mode": "test", "kind": "order_confirmation", "due_at": NOW, "met_at": NOW, "met_by": "msg_1",
    }  # fmt: skip
    clock = StoppedClock.of(row)
    assert clock.wire_id == wire("ddl", row["id"])
    assert (clock.mode, clock.kind, clock.met_by) == ("test", "order_confirmation", "msg_1")
