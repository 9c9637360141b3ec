"""Tasks as callers see them."""

from datetime import UTC, datetime

from tidings.kit.ids import new_id, wire
from tidings.tasks.schemas import task_of
from tidings.tasks.tables import TaskRow


def test_a_task_that_concerns_no_order_names_none() -> None:
    row = TaskRow(
        id=new_id(),
        kind="connection_halted",
        status="open",
        summary="Mend it",
        data={"connection": "con_1"},
        opened_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    task = task_of(row)
    assert (task.order_id, task.id, task.outcome) == (None, wire("tsk", row.id), None)
    row.order_id = new_id()
    assert task_of(row).order_id == wire("ord", row.order_id)
