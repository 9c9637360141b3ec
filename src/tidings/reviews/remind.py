"""Tells staff of reviews without an outcome: before one is due, when it is late, and somebody else if it stays so.

Each once, in one transaction with its record, event, task and e-mail.
"""

from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire
from tidings.kit.outage import is_database_away
from tidings.kit.scope import Scope
from tidings.milestones.facts import FactKind
from tidings.orders.load import By
from tidings.reviews.errors import ReviewConcluded
from tidings.reviews.kinds import Stage
from tidings.reviews.load import causes_of, open_review_for_update
from tidings.reviews.rules import Clock, Told, stage_due
from tidings.reviews.tables import ReviewRow
from tidings.reviews.tell import MODE, opening_of, task_of, tell
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.hand_over import hand_over_task
from tidings.tasks.open import open_tasks

log = structlog.get_logger(__name__)

# Walks ix_reviews_due, which holds the open ones alone; the same judgement as rules.stage_due.
_DUE: Final = """
SELECT storefront_id, id FROM reviews
WHERE status = 'open' AND CASE
    WHEN missed_at IS NULL THEN due_at <= $1 OR (warned_at IS NULL AND warns_at <= $1)
    ELSE escalated_at IS NULL AND escalates_at <= $1 END
ORDER BY due_at, id
"""

_FACTS: Final[dict[Stage, FactKind]] = {
    "warned": "review.warned",
    "missed": "review.missed",
    "escalated": "review.escalated",
}


async def remind_of_reviews(begin: Begin, now: datetime) -> Counter[Stage]:
    """Tell staff of what is due by now; says how many of each stage were told."""
    async with begin.across() as tx:
        due = await tx.raw.fetch(_DUE, now)
    told: Counter[Stage] = Counter()
    for row in due:
        stage = await _reminded(begin, Scope(row["storefront_id"], MODE), row["id"], now)
        told.update([] if stage is None else [stage])
    return told


async def _reminded(begin: Begin, scope: Scope, review_id: UUID, now: datetime) -> Stage | None:
    """Of one of them; whatever is wrong with it, the others are told."""
    try:
        async with begin(scope) as tx:
            return await _remind(tx, await open_review_for_update(tx, review_id), By("system", now))
    except ReviewConcluded:
        return None
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("review.not_told", review=wire("rev", review_id), error=type(error).__name__)
        return None


async def _remind(tx: Tx, row: ReviewRow, by: By) -> Stage | None:
    stage = stage_due(
        Clock(row.warns_at, row.due_at, row.escalates_at),
        Told(row.warned_at, row.missed_at, row.escalated_at),
        by.at,
    )
    if stage is None:
        return None
    shop = await shop_rules(tx, row.storefront_id)
    setattr(row, f"{stage}_at", by.at)
    if stage == "escalated":
        row.owner = shop.policy.desk.delegate or row.owner
    causes = (await causes_of(tx, row.id))[row.id]
    await tell(tx, row, _FACTS[stage], by, shop, causes)
    # Whoever had the task may have finished it without recording an outcome.
    await open_tasks(tx, opening_of(row, by, causes))
    if stage == "escalated":
        await hand_over_task(tx, task_of(row), owner=row.owner, due_at=row.due_at)
    log.info("review.told", review=wire("rev", row.id), stage=stage)
    return stage
