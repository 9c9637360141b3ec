"""Messages, what was said in them, the attempts at sending them, and what providers said back.

Contents and attempts are written by one statement only, for messages that it has just found, and nobody but the owner
may delete a message: a foreign key would say so again, at a tenth of what a message costs the database (decision 12).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.delivery.states import ATTEMPT_STATUSES, MESSAGE_STATUSES, RECEIPT_STATUSES
from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import CHANNELS, MODES


class MessageRow(Base):
    """One thing to say to one customer about one milestone of one subject."""

    __tablename__ = "messages"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    milestone: Mapped[str] = mapped_column(Text)
    # What it is about, as a wire id: the order, a shipment, an issue, a request.
    subject: Mapped[str] = mapped_column(Text)
    # milestone : subject : occurrence. Unique, so a message is owed once however often its cause is told.
    dedupe_key: Mapped[str] = mapped_column(Text)
    # The fact that it tells of; its snapshot is what is rendered.
    order_seq: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text)
    # In plain words, why it stands where it stands.
    reason: Mapped[str | None] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger)
    # The channels to try, best first: [{"channel": "sms", "to": "+49…"}].
    plan: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    # Which entry of the plan is being tried, and the address in it.
    step: Mapped[int] = mapped_column(SmallInteger)
    channel: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    # Attempts so far; tries at this step since the last definite answer; connections that refused at this step.
    attempts: Mapped[int] = mapped_column(SmallInteger)
    tries: Mapped[int] = mapped_column(SmallInteger)
    refused_by: Mapped[list[str]] = mapped_column(JSONB)
    locale: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # After this nothing is sent any more: stale news is worse than a task for a person.
    valid_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    complained_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opted_out_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # When the provider's patience ends; null when no receipt is promised or the last one has come.
    receipt_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    receipt_overdue: Mapped[bool] = mapped_column(Boolean)
    # The message that this one was sent again from, and why.
    resend_of: Mapped[UUID | None] = mapped_column(Uuid)
    # W3C trace context of the request that owed it.
    trace: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("storefront_id", "order_id", "dedupe_key"),
        # No foreign key: what staff is told of a review is about no order, and has its place in the review's log.
        one_of("mode", MODES),
        one_of("status", MESSAGE_STATUSES),
        one_of("channel", CHANNELS),
        Index(None, "storefront_id", "mode", "id"),
        Index(
            "ix_messages_receipt_due",
            "receipt_due_at",
            postgresql_where=text("receipt_due_at IS NOT NULL AND NOT receipt_overdue"),
        ),
    )


class ContentRow(Base):
    """What a message says on one channel: rendered once, the same on every retry."""

    __tablename__ = "contents"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    template: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    locale: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    # Channel's own: SMS encoding and segments, push data, e-mail thread headers.
    extras: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rendered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # The records of its attempts hold the digest of both; it goes with the content.
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (one_of("channel", CHANNELS),)


class AttemptRow(Base):
    """One try at one connection, written before the send leaves."""

    __tablename__ = "attempts"

    storefront_id: Mapped[UUID] = mapped_column(Uuid)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    id: Mapped[UUID] = mapped_column(Uuid)
    message_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(SmallInteger)
    connection_id: Mapped[UUID] = mapped_column(Uuid)
    connection: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    # What the send itself was answered: a name of delivery/ports.py's outcomes.
    outcome: Mapped[str | None] = mapped_column(Text)
    provider_message_id: Mapped[str | None] = mapped_column(Text)
    # The provider's own words: {"code", "reason"}.
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # In this order, because callbacks name the attempt alone.
        PrimaryKeyConstraint("storefront_id", "id", "order_id"),
        UniqueConstraint("storefront_id", "order_id", "message_id", "number"),
        one_of("status", ATTEMPT_STATUSES),
        one_of("channel", CHANNELS),
        # Callbacks without our id (an asynchronous bounce, a reply) name the provider's.
        Index(
            "ix_attempts_provider_message",
            "storefront_id",
            "connection_id",
            "provider_message_id",
            postgresql_where=text("provider_message_id IS NOT NULL"),
        ),
    )


class ReceiptRow(Base):
    """What a provider said about an attempt. Append-only; may come twice, late, or out of order."""

    __tablename__ = "receipts"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(Uuid)
    attempt_id: Mapped[UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    provider_status: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    event_key: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("storefront_id", "order_id", "attempt_id", "event_key"),
        ForeignKeyConstraint(
            ["storefront_id", "order_id", "attempt_id"],
            ["attempts.storefront_id", "attempts.order_id", "attempts.id"],
        ),
        one_of("status", RECEIPT_STATUSES),
    )


class SuppressionRow(Base):
    """An address that must not be used on a channel, why, and until when; each reason stands by itself."""

    __tablename__ = "suppressions"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    # Who said so: `att_…` with the provider's name, or `staff/…`.
    source: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("storefront_id", "mode", "channel", "address", "reason"),
        one_of("mode", MODES),
        one_of("channel", CHANNELS),
        one_of("reason", ("hard_bounce", "complaint", "opt_out", "manual")),
        # What has ended, for retention.
        Index(
            "ix_suppressions_ended", "storefront_id", "mode", "ends_at", postgresql_where=text("ends_at IS NOT NULL")
        ),
    )
