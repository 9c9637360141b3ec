"""Finds reviews; they are the storefront's, whatever the mode."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import NotFound
from tidings.reviews.load import causes_of
from tidings.reviews.states import ReviewStatus
from tidings.reviews.tables import ReviewCauseRow, ReviewRow


@dataclass(frozen=True, slots=True)
class FoundReview:
    """A review with its causes."""

    row: ReviewRow
    causes: list[ReviewCauseRow]


async def reviews_page(tx: Tx, status: ReviewStatus | None, window: Window) -> Page[FoundReview]:
    """Reviews of the transaction's storefront, the newest first."""
    wanted = select(ReviewRow).where(ReviewRow.storefront_id == tx.scope.storefront_id)
    if status is not None:
        wanted = wanted.where(ReviewRow.status == status)
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(ReviewRow.id < after[0])
    rows = (await tx.session.scalars(wanted.order_by(ReviewRow.id.desc()).limit(window.limit + 1))).all()
    items = rows[: window.limit]
    causes = await causes_of(tx, *(row.id for row in items))
    cursor = encode_cursor(items[-1].id) if len(rows) > window.limit else None
    return Page([FoundReview(row, causes[row.id]) for row in items], cursor)


async def review_by_id(tx: Tx, review_id: UUID | None) -> FoundReview:
    """One review of the transaction's storefront.

    Raises:
        NotFound: there is no such review.
    """
    wanted = select(ReviewRow).where(ReviewRow.storefront_id == tx.scope.storefront_id, ReviewRow.id == review_id)
    row = (await tx.session.scalars(wanted)).one_or_none() if review_id is not None else None
    if row is None:
        raise NotFound
    return FoundReview(row, (await causes_of(tx, row.id))[row.id])
