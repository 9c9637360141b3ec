"""What storefronts are told: the event log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.kit.xid import Xid8
from tidings.storefronts.kinds import MODES


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
