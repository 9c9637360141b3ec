"""From rows to what callers see."""

from typing import cast

from tidings.kit.db import Mode
from tidings.kit.ids import wire
from tidings.storefronts.policy import policy_of
from tidings.storefronts.schemas import ApiKey, Connection, IssuedApiKey, Storefront
from tidings.storefronts.tables import ApiKeyRow, ConnectionRow, StorefrontRow


def storefront_of(row: StorefrontRow) -> Storefront:
    """A storefront's row as callers see it."""
    return Storefront(
        id=wire("stf", row.id),
        slug=row.slug,
        name=row.name,
        brand=row.brand,
        contact=row.contact,
        legal=row.legal,
        locale=row.locale,
        time_zone=row.time_zone,
        currency=row.currency,
        sales_channels=row.sales_channels,
        calendar=row.calendar,
        policy=policy_of(row.policy),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def api_key_of(row: ApiKeyRow) -> ApiKey:
    """A key's row as callers see it."""
    return ApiKey(
        id=wire("key", row.id),
        name=row.name,
        hint=row.hint,
        mode=cast("Mode", row.mode),
        principal=row.principal,
        scopes=row.scopes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        replaced_by=None if row.replaced_by is None else wire("key", row.replaced_by),
    )


def issued_key_of(row: ApiKeyRow, key: str) -> IssuedApiKey:
    """A key just made, with its secret."""
    return IssuedApiKey(**api_key_of(row).model_dump(), key=key)


def connection_of(row: ConnectionRow, public_url: str) -> Connection:
    """A connection's row as callers see it."""
    return Connection(
        id=wire("con", row.id),
        name=row.name,
        channel=row.channel,
        provider=row.provider,
        mode=cast("Mode", row.mode),
        priority=row.priority,
        settings=row.settings,
        is_paused=row.paused_at is not None,
        halted_until=row.halted_until,
        halted_reason=row.halted_reason,
        callback_url=f"{public_url.rstrip('/')}/v1/callbacks/{wire('con', row.id)}",
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
