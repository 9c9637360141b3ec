"""What storefronts are told: the event log, and where it is posted to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.kit.xid import Xid8
from tidings.storefronts.kinds import MODES
from tidings.webhooks.kinds import DISABLED_REASONS


class EventRow(Base):
    """A fact about an order, with a full snapshot of what it was when it happened. Append-only."""

    __tablename__ = "events"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # The fact's place among the facts about its order: 1, 2, 3 …
    order_seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid)
    mode: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # `json`, not `jsonb`: kept to the letter, because an answer is given again from it.
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The record of the same fact holds the digest of both; it goes with what is personal in the snapshot.
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    # The writing transaction: readers stop below the oldest one still running (docs/decisions/0005).
    xid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))

    __table_args__ = (
        one_of("mode", MODES),
        Index(None, "storefront_id", "mode", "xid", "sequence"),
        Index(None, "storefront_id", "id"),
    )


class WebhookEndpointRow(Base):
    """Where a shop has its events posted to: one place in the log, which moves on with each event that was taken."""

    __tablename__ = "webhook_endpoints"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("storefronts.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    # Empty: all of them.
    types: Mapped[list[str]] = mapped_column(JSONB)
    # Sealed; see kit/vault.py. The one before signs beside it until its time is over.
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    paused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    # Everything up to and with it was taken, or is not wanted (docs/decisions/0025).
    cursor_xid: Mapped[int] = mapped_column(Xid8)
    cursor_sequence: Mapped[int] = mapped_column(BigInteger)
    # Of the event behind the cursor: when it is tried next, how often it was refused, and since when.
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    first_failed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # What the last try came to.
    tried_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    tried_event_id: Mapped[UUID | None] = mapped_column(Uuid)
    tried_status: Mapped[int | None] = mapped_column(Integer)
    tried_reason: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("mode", MODES),
        one_of("disabled_reason", DISABLED_REASONS),
        # Few: one for each place that is posted to.
        Index(
            "ix_webhook_endpoints_due",
            "due_at",
            postgresql_where=text("paused_at IS NULL AND disabled_at IS NULL"),
        ),
    )
