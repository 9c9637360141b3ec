"""Takes back messages that a newer fact has made pointless, before they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx


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
    RETURNING storefront_id, id
)
DELETE FROM outbox o USING gone g WHERE o.storefront_id = g.storefront_id AND o.id = g.id
RETURNING o.id
"""


async def supersede(tx: Tx, what: Supersession, *, now: datetime) -> None:
    """Mark the messages superseded and drop their work, in the transaction of the newer fact."""
    await tx.raw.execute(
        _SUPERSEDE,
        what.storefront_id,
        what.order_id,
        what.subject,
        list(what.milestones),
        what.reason,
        now,
        what.before_seq,
    )
