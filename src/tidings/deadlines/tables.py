"""Promises with a due time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, PrimaryKeyConstraint, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES


class DeadlineRow(Base):
    """One running or stopped clock. Stopped when a provider has accepted the message that it waits for."""

    __tablename__ = "deadlines"

    storefront_id: Mapped[UUID] = mapped_column(Uuid)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    id: Mapped[UUID] = mapped_column(Uuid)
    mode: Mapped[str] = mapped_column(Text)
    # The milestone that must have been told: `order_confirmation`, `change_acknowledged` …
    kind: Mapped[str] = mapped_column(Text)
    # Same key as the message that will meet it: milestone : subject : occurrence.
    dedupe_key: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    met_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # What met it: `msg_…`, or `staff/…` for a communication logged by hand.
    met_by: Mapped[str | None] = mapped_column(Text)
    # Staff was told that it is about to be missed, that it was, and somebody else that it still is: each once.
    warned_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    missed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # When somebody else is to see to it; set when staff is told of the miss, taken away when it has gone on.
    escalates_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # It cannot be kept any more, and need not be: the request was withdrawn.
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # In this order, because callers name the deadline alone.
        PrimaryKeyConstraint("storefront_id", "id", "order_id"),
        UniqueConstraint("storefront_id", "order_id", "dedupe_key"),
        one_of("mode", MODES),
        Index(
            "ix_deadlines_running",
            "due_at",
            postgresql_where=text("met_at IS NULL AND cancelled_at IS NULL AND missed_at IS NULL"),
        ),
        # What is still broken; the first that is to go on to somebody else comes first.
        Index(
            "ix_deadlines_missed",
            "escalates_at",
            postgresql_where=text("missed_at IS NOT NULL AND met_at IS NULL AND cancelled_at IS NULL"),
        ),
        # Kept, but too late, before anybody had noticed.
        Index("ix_deadlines_late", "met_at", postgresql_where=text("met_at > due_at AND missed_at IS NULL")),
    )
