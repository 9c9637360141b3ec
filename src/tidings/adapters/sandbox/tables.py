"""The inbox: what the sandbox was given, and the callbacks that it owes for it."""

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, LargeBinary, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.adapters.sandbox.fates import CHANNELS, WORDS
from tidings.kit.db import Base, one_of
from tidings.kit.scope import Mode

ANSWERS = (
    "taken",  # in the inbox; callbacks follow
    "throttled",  # refused for now
    "refused",  # refused for good
)


class SandboxMessageRow(Base):
    """One attempt that reached the sandbox, and what it was answered. Kept for some days, then pruned."""

    __tablename__ = "sandbox_messages"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # The attempt's own id, so that a repeat of it is the same message.
    attempt_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    connection_id: Mapped[UUID] = mapped_column(Uuid)
    connection: Mapped[str] = mapped_column(Text)
    # As the sandbox was told them: `msg_…`, the same on every retry, and `ord_…`.
    message_id: Mapped[str] = mapped_column(Text)
    order_id: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    extras: Mapped[dict[str, Any]] = mapped_column(JSONB)
    locale: Mapped[str] = mapped_column(Text)
    callback_url: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("mode", get_args(Mode)),
        one_of("channel", CHANNELS),
        one_of("answer", ANSWERS),
        # The inbox page, newest first; the pruning, oldest first.
        Index(None, "received_at"),
        # How often a message was throttled already.
        Index(None, "storefront_id", "message_id"),
    )


class SandboxAttachmentRow(Base):
    """A file that came with an e-mail; goes with it."""

    __tablename__ = "sandbox_attachments"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    attempt_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # From 0, in the order in which they were attached.
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        ForeignKeyConstraint(
            ["storefront_id", "attempt_id"],
            ["sandbox_messages.storefront_id", "sandbox_messages.attempt_id"],
            ondelete="CASCADE",
        ),
    )


class SandboxCallbackRow(Base):
    """One callback of a message: owed while `due_at` is set."""

    __tablename__ = "sandbox_callbacks"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    attempt_id: Mapped[UUID] = mapped_column(Uuid)
    word: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    # What the customer wrote, for replies.
    said: Mapped[str | None] = mapped_column(Text)
    # When it happened, the same on every repeat.
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # When it is posted next: a claim moves it to the lease's end, so that one whose poster died is due again by itself.
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Claims so far; whoever settles must have been the last to claim.
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    posted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # What the last post was answered: a status code, or why there was none.
    answer: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["storefront_id", "attempt_id"],
            ["sandbox_messages.storefront_id", "sandbox_messages.attempt_id"],
            ondelete="CASCADE",
        ),
        one_of("word", WORDS),
        Index(None, "storefront_id", "attempt_id"),
        Index("ix_sandbox_callbacks_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )
