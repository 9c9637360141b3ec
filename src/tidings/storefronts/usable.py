"""The connections that may be used now, with their secrets opened: for whoever sends, and for callbacks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import or_, select

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.scope import Mode
from tidings.kit.vault import Vault, VaultClosed
from tidings.storefronts.tables import ConnectionRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedConnection:
    """A stored connection, decrypted."""

    id: UUID
    storefront_id: UUID
    mode: Mode
    name: str
    channel: str
    provider: str
    settings: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)
    version: int


async def usable_connections(
    tx: Tx, storefronts: Collection[UUID], vault: Vault, *, now: datetime
) -> list[OpenedConnection]:
    """Those of these storefronts that are not paused, removed or halted, the preferred first."""
    wanted = (
        select(ConnectionRow)
        .where(
            ConnectionRow.storefront_id.in_(storefronts),
            ConnectionRow.paused_at.is_(None),
            ConnectionRow.removed_at.is_(None),
            or_(ConnectionRow.halted_until.is_(None), ConnectionRow.halted_until <= now),
        )
        .order_by(ConnectionRow.priority, ConnectionRow.created_at)
    )
    return _opened(await tx.session.scalars(wanted), vault)


async def connection_by_id(tx: Tx, connection_id: UUID, vault: Vault) -> OpenedConnection | None:
    """One connection, also if it is paused, removed or halted: receipts of what it sent still come."""
    found = await tx.session.scalars(select(ConnectionRow).where(ConnectionRow.id == connection_id))
    return next(iter(_opened(found, vault)), None)


def _opened(rows: Iterable[ConnectionRow], vault: Vault) -> list[OpenedConnection]:
    return [opened for row in rows if (opened := _open(row, vault)) is not None]


def _open(row: ConnectionRow, vault: Vault) -> OpenedConnection | None:
    try:
        secrets = vault.open_all(row.secrets)
    except VaultClosed:
        # One that cannot be opened must not stop the others; /readyz and the log tell of it.
        log.error("connection.sealed", connection=wire("con", row.id))  # noqa: TRY400 - the stack says nothing more
        return None
    return OpenedConnection(
        id=row.id,
        storefront_id=row.storefront_id,
        mode=cast("Mode", row.mode),
        name=row.name,
        channel=row.channel,
        provider=row.provider,
        settings=row.settings,
        secrets=secrets,
        version=row.version,
    )
