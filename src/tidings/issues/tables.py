"""Exceptions that hold an order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, ForeignKeyConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from tidings.issues.kinds import ISSUE_KINDS, ISSUE_STATUSES
from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES


class IssueRow(Base):
    """One exception. While one is open, the same thing about the same order is not opened twice."""

    __tablename__ = "issues"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    # What it is about within the order: `payment`, `stock`, a shipment's wire id; the issue's own for what staff opens.
    about: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    # As the customer reads them; null: the templates have words for the kind.
    details: Mapped[str | None] = mapped_column(Text)
    next_steps: Mapped[str | None] = mapped_column(Text)
    # False when another message tells the customer, or when it concerns staff alone.
    is_told: Mapped[bool] = mapped_column(Boolean)
    # Who settles it, and by when.
    owner: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opened_by: Mapped[str] = mapped_column(Text)
    # Set when it was given to somebody else, because it was not settled in time.
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    resolution: Mapped[str | None] = mapped_column(Text)
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    resolved_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        Index(
            "uq_issues_open",
            "storefront_id",
            "order_id",
            "kind",
            "about",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_issues_id", "storefront_id", "id"),
        Index(None, "storefront_id", "mode", "status", "opened_at"),
        Index("ix_issues_due", "due_at", postgresql_where=text("status = 'open' AND escalated_at IS NULL")),
        one_of("mode", MODES),
        one_of("kind", ISSUE_KINDS),
        one_of("status", ISSUE_STATUSES),
    )
