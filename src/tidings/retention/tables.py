"""Holds, exports, erasures, and how far retention has come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.retention.kinds import REACHES
from tidings.retention.states import ERASURE_STATUSES, EXPORT_STATUSES
from tidings.storefronts.kinds import MODES


class HoldRow(Base):
    """Something must not be deleted, whoever asks and however old it is. A customer is known by digests alone."""

    __tablename__ = "holds"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    reach: Mapped[str] = mapped_column(Text)
    order_id: Mapped[UUID | None] = mapped_column(Uuid)
    # Of the e-mail address and the phone number (holds.py).
    digests: Mapped[list[str]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    placed_by: Mapped[str] = mapped_column(Text)
    released_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    released_by: Mapped[str | None] = mapped_column(Text)
    release_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        one_of("mode", MODES),
        one_of("reach", REACHES),
        Index("ix_holds_standing", "storefront_id", "mode", postgresql_where=text("released_at IS NULL")),
    )


class ExportRow(Base):
    """All that is known of a person, as one file, for some days."""

    __tablename__ = "exports"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    # {"email", "phone"}; taken away once it is made.
    person: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # Whose it is, by digest (holds.py), so that an erasure finds it; and how many orders are in it.
    digests: Mapped[list[str]] = mapped_column(JSONB)
    order_ids: Mapped[list[str]] = mapped_column(JSONB)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    requested_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("mode", MODES),
        one_of("status", EXPORT_STATUSES),
        Index("ix_exports_kept", "storefront_id", "mode", "expires_at", postgresql_where=text("status <> 'expired'")),
    )


class ErasureRow(Base):
    """A person is to be forgotten; the answer says what was kept, and why."""

    __tablename__ = "erasures"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    # {"email", "phone"}; taken away once the person is erased, which a hold on them puts off.
    person: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # Only this order; null: all of the person's.
    order_id: Mapped[UUID | None] = mapped_column(Uuid)
    # The last order that was looked at; and those that a hold kept, as hexadecimal ids.
    after: Mapped[UUID] = mapped_column(Uuid)
    held: Mapped[list[str]] = mapped_column(JSONB)
    # {"orders": 2, "messages": 5, "taken_back": 1}; and [{"order_id", "what", "count", "why", "until"}].
    erased: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    requested_by: Mapped[str] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("mode", MODES),
        one_of("status", ERASURE_STATUSES),
        Index(
            "ix_erasures_held",
            "storefront_id",
            "mode",
            postgresql_where=text("status IN ('partly', 'refused')"),
        ),
    )


class ErasedOrderRow(Base):
    """Who ordered this is not known any more; what is left of it goes when it has had its time."""

    __tablename__ = "erased_orders"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    # Null when its time was over.
    erasure_id: Mapped[UUID | None] = mapped_column(Uuid)
    erased_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RetentionRunRow(Base):
    """One round of retention: what went, up to when."""

    __tablename__ = "retention_runs"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    # By kind: {"before", "rows", "orders"}; what is not there yet was not come to.
    outcome: Mapped[dict[str, Any]] = mapped_column(JSONB)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_by: Mapped[str] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("mode", MODES),
        # One round at a time; one that was killed is gone on with.
        Index(
            "uq_retention_runs_open",
            "storefront_id",
            "mode",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
    )


class RetentionMarkRow(Base):
    """Of this kind, nothing is left of the orders up to this one, but what is held."""

    __tablename__ = "retention_marks"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)

    __table_args__ = (one_of("mode", MODES),)
