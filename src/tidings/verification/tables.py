"""The stock ledger: what is there, what is promised to whom, and every movement."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, Index, Integer, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES
from tidings.verification.kinds import MOVEMENTS, RESERVATION_STATUSES

# Article numbers are codes: in the order of their letters, in which rows are locked, and found by their beginning.
SKU = Text(collation="C")


class StockRow(Base):
    """One article. What can still be sold is `on_hand` less `reserved`, which is never negative."""

    __tablename__ = "stock"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    sku: Mapped[str] = mapped_column(SKU, primary_key=True)
    on_hand: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    # Not sold any more: new orders for it are refused where the shop's policy checks accuracy.
    is_discontinued: Mapped[bool] = mapped_column(Boolean)
    # As the shop sells it, for the accuracy check; null: any price.
    unit_price: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("mode", MODES),
        CheckConstraint("reserved >= 0 AND on_hand >= reserved", name="no_oversell"),
    )


class ReservationRow(Base):
    """So many of an article are promised to an order."""

    __tablename__ = "stock_reservations"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sku: Mapped[str] = mapped_column(SKU, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    # Still reserved; and gone out with parcels.
    quantity: Mapped[int] = mapped_column(BigInteger)
    committed: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        one_of("mode", MODES),
        one_of("status", RESERVATION_STATUSES),
        Index("ix_stock_reservations_sku", "storefront_id", "mode", "sku", postgresql_where=text("status = 'held'")),
    )


class StockMovementRow(Base):
    """One movement of one article; append-only."""

    __tablename__ = "stock_movements"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    sku: Mapped[str] = mapped_column(SKU)
    kind: Mapped[str] = mapped_column(Text)
    # Signed: what it did to `on_hand` (received, counted, returned, committed) or to `reserved` (reserved, released).
    quantity: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(None, "storefront_id", "mode", "sku", "id"),
        one_of("mode", MODES),
        one_of("kind", MOVEMENTS),
    )
