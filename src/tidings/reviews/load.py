"""Reviews as verbs take them in hand: locked, with their causes."""

from typing import cast
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.reviews.errors import ReviewConcluded
from tidings.reviews.states import ReviewStatus, may_become
from tidings.reviews.tables import ReviewCauseRow, ReviewRow


async def open_review_for_update(tx: Tx, review_id: UUID | None) -> ReviewRow:
    """A review that has no outcome yet, locked until the transaction ends.

    Raises:
        NotFound: there is no such review of the transaction's storefront.
        ReviewConcluded: somebody was quicker.
    """
    wanted = select(ReviewRow).where(ReviewRow.storefront_id == tx.scope.storefront_id, ReviewRow.id == review_id)
    row = None if review_id is None else (await tx.session.scalars(wanted.with_for_update())).one_or_none()
    if row is None:
        raise NotFound
    if not may_become(cast("ReviewStatus", row.status), "concluded"):
        raise ReviewConcluded(review=wire("rev", row.id), concluded_by=row.concluded_by)
    return row


async def causes_of(tx: Tx, *review_ids: UUID) -> dict[UUID, list[ReviewCauseRow]]:
    """The causes of these reviews of the transaction's storefront, each review's in their order."""
    found: dict[UUID, list[ReviewCauseRow]] = {review_id: [] for review_id in review_ids}
    wanted = select(ReviewCauseRow).where(
        ReviewCauseRow.storefront_id == tx.scope.storefront_id, ReviewCauseRow.review_id.in_(review_ids)
    )
    for row in await tx.session.scalars(wanted.order_by(ReviewCauseRow.review_id, ReviewCauseRow.id)):
        found[row.review_id].append(row)
    return found
