"""Clocks that start with their cause."""

from datetime import timedelta

from tests.clock import FixedClock
from tidings.deadlines.start import Clock, clock_row, clock_rows
from tidings.deadlines.tables import DeadlineRow
from tidings.kit.ids import new_id


def clock(**changes: object) -> Clock:
    now = FixedClock().now()
    usual: dict[str, object] = {
        "storefront_id": new_id(), "mode": "test", "order_id": new_id(), "kind": "order_confirmation",
        "dedupe_key": "order_confirmation:ord_1:1", "started_at": now, "due_at": now + timedelta(hours=1),
    }  # fmt: skip
    return Clock(**usual | changes)  # type: ignore[arg-type]


def test_a_clock_keeps_the_key_of_the_message_that_will_stop_it() -> None:
    started = clock()
    row = clock_row(started)
    assert row["dedupe_key"] == started.dedupe_key
    assert (row["started_at"], row["due_at"]) == (started.started_at, started.due_at)
    assert (row["storefront_id"], row["order_id"], row["mode"]) == (started.storefront_id, started.order_id, "test")


def test_it_runs_until_somebody_stops_it() -> None:
    assert not {"met_at", "met_by", "missed_at", "cancelled_at"} & set(clock_row(clock()))


def test_two_clocks_are_two_rows() -> None:
    rows = clock_rows([clock(), clock()])
    (many,) = rows.by_table.values()
    assert list(rows.by_table) == [DeadlineRow.__table__]
    assert many[0]["id"] != many[1]["id"]
