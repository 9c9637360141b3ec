"""Finds feedback and comments, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tidings.feedback.tables import FeedbackRow, TemplateCommentRow
from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor


@dataclass(frozen=True, slots=True)
class FeedbackFilter:
    """Which feedback is asked for; None asks for any."""

    rating: int | None = None
    order_id: UUID | None = None
    given_after: datetime | None = None
    given_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Which comments are asked for; None asks for any."""

    milestone: str | None = None
    channel: str | None = None
    locale: str | None = None
    version: int | None = None


async def feedback_page(tx: Tx, asked: FeedbackFilter, window: Window) -> Page[FeedbackRow]:
    """What customers of the transaction's storefront and mode have said."""
    wanted = select(FeedbackRow).where(
        FeedbackRow.storefront_id == tx.scope.storefront_id, FeedbackRow.mode == tx.scope.mode
    )
    equals = {"rating": asked.rating, "order_id": asked.order_id}
    wanted = wanted.filter_by(**{name: value for name, value in equals.items() if value is not None})
    if asked.given_after is not None:
        wanted = wanted.where(FeedbackRow.given_at >= asked.given_after)
    if asked.given_before is not None:
        wanted = wanted.where(FeedbackRow.given_at < asked.given_before)
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(FeedbackRow.id < after[0])
    rows = (await tx.session.scalars(wanted.order_by(FeedbackRow.id.desc()).limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)


async def comments_page(tx: Tx, asked: CommentFilter, window: Window) -> Page[TemplateCommentRow]:
    """What staff of the transaction's storefront has said of templates."""
    wanted = select(TemplateCommentRow).where(TemplateCommentRow.storefront_id == tx.scope.storefront_id)
    equals = {
        "milestone": asked.milestone,
        "channel": asked.channel,
        "locale": asked.locale,
        "version": asked.version,
    }
    wanted = wanted.filter_by(**{name: value for name, value in equals.items() if value is not None})
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(TemplateCommentRow.id < after[0])
    rows = (await tx.session.scalars(wanted.order_by(TemplateCommentRow.id.desc()).limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)
