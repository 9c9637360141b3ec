"""Requests to change or cancel an order, who approved them, and the money that goes back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.changes.kinds import CHANGE_KINDS, REFUND_METHODS, REQUESTED_BY, VIAS
from tidings.changes.states import CHANGE_STATUSES, REFUND_STATUSES
from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES


class ChangeRequestRow(Base):
    """One request, from its receipt to its outcome."""

    __tablename__ = "change_requests"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    # Why, in the words of whoever asks.
    reason: Mapped[str | None] = mapped_column(Text)
    # A JSON Merge Patch upon the order; empty for a cancellation.
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Which parts of the order it is about, as the policy names them.
    parts: Mapped[list[str]] = mapped_column(JSONB)
    requested_by: Mapped[str] = mapped_column(Text)
    via: Mapped[str] = mapped_column(Text)
    # Who put it in, and by whose key: may not approve it.
    actor: Mapped[str] = mapped_column(Text)
    principal: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # The promises: receipt confirmed, decided, outcome told.
    acknowledge_due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decide_due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    notify_due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # The policy that it is judged by: its version, the rule that applied, and how many must approve.
    policy_version: Mapped[int] = mapped_column(Integer)
    rule: Mapped[str] = mapped_column(Text)
    needs_approvals: Mapped[int] = mapped_column(SmallInteger)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    # As the customer reads it.
    decision_reason: Mapped[str | None] = mapped_column(Text)
    refund_id: Mapped[UUID | None] = mapped_column(Uuid)
    # By how much it made an order dearer that was paid already; negative: cheaper.
    price_change: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        Index(None, "storefront_id", "mode", "status", "requested_at"),
        Index("ix_change_requests_id", "storefront_id", "id"),
        one_of("mode", MODES),
        one_of("kind", CHANGE_KINDS),
        one_of("status", CHANGE_STATUSES),
        one_of("requested_by", REQUESTED_BY),
        one_of("via", VIAS),
    )


class ApprovalRow(Base):
    """One person's word on a request; append-only. Nobody approves twice, and the requester never does."""

    __tablename__ = "approvals"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Uuid)
    # `policy` when it was approved by itself.
    actor: Mapped[str] = mapped_column(Text)
    principal: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    # The amount to pay back that was approved, if it was named.
    refund: Mapped[int | None] = mapped_column(BigInteger)
    policy_version: Mapped[int] = mapped_column(Integer)
    rule: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("storefront_id", "order_id", "request_id", "actor"),
        ForeignKeyConstraint(
            ["storefront_id", "order_id", "request_id"],
            ["change_requests.storefront_id", "change_requests.order_id", "change_requests.id"],
        ),
        one_of("outcome", ("approved", "declined")),
    )


class RefundRow(Base):
    """Money that goes back to the customer."""

    __tablename__ = "refunds"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    # The request that it follows from; null for the shop's own cancellation.
    request_id: Mapped[UUID | None] = mapped_column(Uuid)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    # What the provider calls it; or the reference that a person told.
    provider_refund_id: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    requested_by: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    settled_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        # One refund for each request; and one for the shop's own cancellation.
        Index(
            "uq_refunds_request",
            "storefront_id",
            "order_id",
            text("coalesce(request_id, order_id)"),
            unique=True,
        ),
        Index(None, "storefront_id", "mode", "status", "requested_at"),
        Index("ix_refunds_id", "storefront_id", "id"),
        CheckConstraint("amount > 0", name="amount"),
        one_of("mode", MODES),
        one_of("status", REFUND_STATUSES),
        one_of("method", REFUND_METHODS),
    )
