"""What a person must do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES
from tidings.tasks.kinds import TASK_KINDS, TASK_STATUSES


class TaskRow(Base):
    """One thing that a person must do, until its outcome is known. Never opened twice for the same cause."""

    __tablename__ = "tasks"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    order_id: Mapped[UUID | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    # The cause: while a task with this key is open, no second one is.
    dedupe_key: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    owner: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_tasks_open",
            "storefront_id",
            "mode",
            "dedupe_key",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        one_of("mode", MODES),
        one_of("kind", TASK_KINDS),
        one_of("status", TASK_STATUSES),
        Index(None, "storefront_id", "mode", "status", "opened_at"),
        Index("ix_tasks_order", "storefront_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
        # Those about no order, which go by their age, or with whoever wrote.
        Index("ix_tasks_loose", "storefront_id", "mode", "closed_at", postgresql_where=text("order_id IS NULL")),
    )
