"""Takes back messages that a newer fact has made pointless, before they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tidings.delivery.chores import chores
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.tasks.finish import drop_tasks


@dataclass(frozen=True, slots=True)
class Supersession:
    """Which messages became pointless: those of these milestones about this subject."""

    storefront_id: UUID
    order_id: UUID
    subject: str
    milestones: Sequence[str]
    # Why, in plain words: "order_delivered is known".
    reason: str
    # Only what tells of an older fact than this one.
    before_seq: int


# By (storefront, order): the order's messages are few, and both tables are found through their order indexes. A
# message under way keeps its attempt, but what held it back for a retry is gone: the settle finds no work any more.
_SUPERSEDE = """
WITH gone AS (
    UPDATE messages SET status = 'superseded', reason = $5, updated_at = $6
    WHERE storefront_id = $1 AND order_id = $2 AND subject = $3 AND milestone = ANY($4) AND order_seq < $7
      AND status IN ('pending', 'sending')
    RETURNING storefront_id, id, mode, milestone, channel
),
dropped AS (
    DELETE FROM outbox o USING gone g WHERE o.storefront_id = g.storefront_id AND o.id = g.id
)
SELECT id, mode, milestone, channel FROM gone ORDER BY id
"""


async def supersede(tx: Tx, what: Supersession, *, now: datetime) -> None:
    """Mark the messages superseded and drop their work, in the transaction of the newer fact."""
    gone = await tx.raw.fetch(
        _SUPERSEDE,
        what.storefront_id,
        what.order_id,
        what.subject,
        list(what.milestones),
        what.reason,
        now,
        what.before_seq,
    )
    if gone:
        await append(tx, *(_entry(row, what, now) for row in gone))
        solved = [cause for row in gone for cause in chores(what.storefront_id, row["mode"], row["id"])]
        await drop_tasks(tx, solved, why="a newer message says more", now=now)


def _entry(row: asyncpg.Record, what: Supersession, now: datetime) -> Entry:
    return Entry(
        storefront_id=what.storefront_id,
        order_id=what.order_id,
        mode=row["mode"],
        kind="message.superseded",
        subject=wire("msg", row["id"]),
        actor="system",
        at=now,
        data={"milestone": row["milestone"], "channel": row["channel"], "reason": what.reason},
    )
