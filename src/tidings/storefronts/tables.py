"""Whose shop it is: storefronts, their API keys and their connections to providers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import CHANNELS_OF_CONNECTIONS, MODES


class StorefrontRow(Base):
    """A shop that uses tidings. Reference data: small, read often, changed seldom."""

    __tablename__ = "storefronts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    brand: Mapped[dict[str, Any]] = mapped_column(JSONB)
    contact: Mapped[dict[str, Any]] = mapped_column(JSONB)
    legal: Mapped[dict[str, Any]] = mapped_column(JSONB)
    locale: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    sales_channels: Mapped[list[str]] = mapped_column(JSONB)
    # Opening hours by weekday, see storefronts/calendar.py; empty means round the clock.
    calendar: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Quiet hours, numbering, held payment methods …: storefronts/policy.py.
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RuleBookRow(Base):
    """A shop's calendar and policy as they were in force from an instant on; append-only."""

    __tablename__ = "rule_books"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(StorefrontRow.id), primary_key=True)
    # The storefront's version that made it; decisions name it as their policy version.
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    time_zone: Mapped[str] = mapped_column(Text)
    calendar: Mapped[dict[str, Any]] = mapped_column(JSONB)
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    from_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str] = mapped_column(Text)


class OrderNumberRow(Base):
    """The last order number that tidings itself gave, per storefront and mode."""

    __tablename__ = "order_numbers"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(StorefrontRow.id), primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)

    __table_args__ = (one_of("mode", MODES),)


class ApiKeyRow(Base):
    """An API key: only its SHA-256 is kept (the key itself has 160 random bits or more)."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    storefront_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(StorefrontRow.id))
    mode: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    # What may be shown of it: `td_live_` and the first letters.
    hint: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    principal: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Set on the old key of a rotation: both work until it expires.
    replaced_by: Mapped[UUID | None] = mapped_column(Uuid)

    __table_args__ = (one_of("mode", MODES), Index(None, "storefront_id", "created_at"))


class ConnectionRow(Base):
    """One storefront's configured account at one provider."""

    __tablename__ = "connections"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    storefront_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(StorefrontRow.id))
    mode: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    # Lower goes first.
    priority: Mapped[int] = mapped_column(Integer)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Fernet token over the secrets' JSON; see kit/vault.py.
    secrets: Mapped[bytes] = mapped_column(LargeBinary)
    paused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Set by the worker when the provider says that the account is misconfigured; tried again after that time.
    halted_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    halted_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # Nothing is sent through it any more (it is paused, too); what it sent is still reported by callbacks.
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_connections_name",
            "storefront_id",
            "mode",
            "name",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        one_of("mode", MODES),
        one_of("channel", CHANNELS_OF_CONNECTIONS),
    )
