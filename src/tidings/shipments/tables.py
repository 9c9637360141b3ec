"""Parcels, and what the carrier said of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.shipments.states import SHIPMENT_STATUSES


class ShipmentRow(Base):
    """One parcel of an order."""

    __tablename__ = "shipments"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    carrier: Mapped[str | None] = mapped_column(Text)
    tracking_number: Mapped[str | None] = mapped_column(Text)
    tracking_url: Mapped[str | None] = mapped_column(Text)
    # What is in it: [{"line": 1, "quantity": 2}]; with its sku and name once the line was taken off the order.
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    dispatched_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        Index(None, "storefront_id", "id"),
        one_of("status", SHIPMENT_STATUSES),
    )


class ShipmentEventRow(Base):
    """One tracking event of a parcel; append-only."""

    __tablename__ = "shipment_events"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    shipment_id: Mapped[UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    note: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(
            ["storefront_id", "order_id", "shipment_id"],
            ["shipments.storefront_id", "shipments.order_id", "shipments.id"],
        ),
        one_of("status", SHIPMENT_STATUSES),
    )
