"""The append-only audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base
from tidings.kit.xid import Xid8


class RecordRow(Base):
    """One line of the trail: who did what, when and why. Holds no personal data. Never updated, never deleted."""

    __tablename__ = "records"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # The order it is about; for what concerns no order, the storefront's own id.
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # Null for what concerns both modes (the storefront's own data).
    mode: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    # What it is about, as a wire id: `msg_…`, `shp_…`, `con_…`.
    subject: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    xid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))

    __table_args__ = (
        Index(None, "storefront_id", "xid", "id"),
        # What calls for a review of the procedure: few among very many (reviews/changes.py).
        Index(
            "ix_records_changes",
            "storefront_id",
            "xid",
            "id",
            postgresql_where=text("kind IN ('storefront.changed', 'template.published', 'template.retired')"),
        ),
    )
