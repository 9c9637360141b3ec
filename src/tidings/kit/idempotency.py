"""Once per key: the effect of a POST and the answer to it are committed together.

`async with once(...) as tx` opens the transaction and takes the key in it. A second request with the same key waits
on the key's unique index until the first one has committed (then it gets the first answer) or rolled back (then it
runs). Failures are rolled back, so they are not stored; there is no half-done state and nothing to expire after a
crash.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base


class IdempotencyKeyRow(Base):
    """A key that was used, what for, and what was answered."""

    __tablename__ = "idempotency_keys"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    # SHA-256 over method, path and body.
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    # The answer; null for a placed order, whose answer is given again from its first fact.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    order_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index(None, "created_at"),)
