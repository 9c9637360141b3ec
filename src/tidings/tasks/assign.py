"""Gives open tasks to somebody else."""

from datetime import datetime

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.tasks.finish import Cause

_ASSIGN = """
UPDATE tasks SET owner = $5
WHERE storefront_id = $1 AND mode = $2 AND dedupe_key = $3 AND kind = $4 AND status = 'open'
  AND owner IS DISTINCT FROM $5
RETURNING order_id, id
"""


async def assign_task(tx: Tx, cause: Cause, owner: str, *, now: datetime) -> bool:
    """Give the open task with this cause to an owner; whether there was one, and it was not theirs already."""
    key = f"{cause.kind}:{cause.about}"
    row = await tx.raw.fetchrow(_ASSIGN, cause.storefront_id, cause.mode, key, cause.kind, owner)
    if row is None:
        return False
    task = wire("tsk", row["id"])
    data = {"task": task, "kind": cause.kind, "owner": owner}
    await append(
        tx, Entry(cause.storefront_id, row["order_id"], cause.mode, "task.assigned", task, "system", now, data)
    )
    return True
