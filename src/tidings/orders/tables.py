"""Orders as the storefront placed them, and where they stand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.orders.states import ORDER_STATUSES
from tidings.storefronts.kinds import MODES


class OrderRow(Base):
    """One order. `details` is the validated body as posted, without its lines (schemas.OrderDetails)."""

    __tablename__ = "orders"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    # True while an issue is open: the order does not advance.
    on_hold: Mapped[bool] = mapped_column(Boolean)
    notify: Mapped[bool] = mapped_column(Boolean)
    # Our commit: clocks start here. `placed_at` is the storefront's word.
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    placed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sales_channel: Mapped[str] = mapped_column(Text)
    customer_email: Mapped[str | None] = mapped_column(Text)
    customer_phone: Mapped[str | None] = mapped_column(Text)
    customer_name: Mapped[str | None] = mapped_column(Text)
    # Language and zone of the order, for messages and documents alike.
    locale: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    total: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    estimated_from: Mapped[date | None] = mapped_column(Date)
    estimated_to: Mapped[date | None] = mapped_column(Date)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # What an incomplete order still lacks: [{"pointer", "detail"}].
    missing: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    payment_check: Mapped[str] = mapped_column(Text)
    stock_check: Mapped[str] = mapped_column(Text)
    # Counts the facts about this order; taken under its row lock.
    last_seq: Mapped[int] = mapped_column(Integer)
    # Counts changes, for If-Match.
    version: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("storefront_id", "mode", "number"),
        one_of("mode", MODES),
        one_of("status", ORDER_STATUSES),
        one_of("payment_check", ("pending", "passed", "failed")),
        one_of("stock_check", ("pending", "passed", "failed")),
        Index("ix_orders_customer_email", "storefront_id", "mode", text("lower(customer_email)")),
        Index("ix_orders_customer_phone", "storefront_id", "mode", "customer_phone"),
    )


class OrderLineRow(Base):
    """One line of an order; numbered from 1."""

    __tablename__ = "order_lines"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    sku: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[int] = mapped_column(BigInteger)
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric)
    tax_category: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    warranty_months: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        one_of("kind", ("product", "service")),
    )


class NoteRow(Base):
    """What staff wrote down about an order."""

    __tablename__ = "order_notes"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    actor: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    # The record holds the digest of both; it goes with the text.
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),)


class CommunicationRow(Base):
    """Something said to or by the customer elsewhere: the record must hold all communications."""

    __tablename__ = "communications"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    # The record holds the digest of both; it goes with the summary.
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The milestone that the customer was told of by it, and what that is about, as a wire id.
    fulfils: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    # What of that milestone's contents was told.
    contents: Mapped[list[str]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    logged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        one_of("direction", ("inbound", "outbound")),
    )
