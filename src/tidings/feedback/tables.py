"""What was said: by customers about an order, by staff about a template."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, Integer, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tidings.feedback.kinds import BEST, WORST
from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import CHANNELS, MODES


class FeedbackRow(Base):
    """What a customer said about an order, once. The comment is personal data, and stands nowhere else."""

    __tablename__ = "feedback"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # The key: an order is rated once.
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid)
    mode: Mapped[str] = mapped_column(Text)
    # The message whose link was followed, and the channel that it had come by: whose wording was rated.
    message_id: Mapped[UUID] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(Text)
    rating: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        one_of("mode", MODES),
        one_of("channel", CHANNELS),
        CheckConstraint(f"rating BETWEEN {WORST} AND {BEST}", name="rating"),
        # Lists and figures: ids are times.
        Index(None, "storefront_id", "mode", "id"),
        Index(None, "storefront_id", "mode", "rating", "id"),
    )


class TemplateCommentRow(Base):
    """What somebody of the staff says of a template; never changed."""

    __tablename__ = "template_comments"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    milestone: Mapped[str] = mapped_column(Text)
    # None: all of them.
    channel: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("channel", CHANNELS),
        Index(None, "storefront_id", "milestone", "id"),
    )
