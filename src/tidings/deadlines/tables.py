"""Promises with a due time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES


class DeadlineRow(Base):
    """One running or stopped clock. Stopped when a provider has accepted the message that it waits for."""

    __tablename__ = "deadlines"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
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
    missed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("storefront_id", "order_id", "dedupe_key"),
        one_of("mode", MODES),
        Index(
            "ix_deadlines_running",
            "due_at",
            postgresql_where=text("met_at IS NULL AND cancelled_at IS NULL AND missed_at IS NULL"),
        ),
    )
