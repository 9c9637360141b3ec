"""The inbox: what providers posted, stored before anything is made of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base


class InboxRow(Base):
    """One event of one callback; unique by the provider's own key for it, so a repeat changes nothing."""

    __tablename__ = "inbox"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("connections.id"), primary_key=True)
    event_key: Mapped[str] = mapped_column(Text, primary_key=True)
    # The event as parsed (callbacks/ports.py ProviderEvent) and, in it, the provider's own words.
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Ours or the provider's: how the attempt is found.
    attempt_id: Mapped[UUID | None] = mapped_column(Uuid)
    provider_message_id: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # Null while no attempt matches yet: matched later by the worker.
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_inbox_unmatched", "received_at", postgresql_where=text("applied_at IS NULL")),
        # For retention, which takes away whole stretches: it costs a callback next to nothing.
        Index("ix_inbox_received", "received_at", postgresql_using="brin"),
    )
