"""Leaves a connection alone for a while, because its provider says that the account is misconfigured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.scope import Mode
from tidings.records.append import Entry, append
from tidings.storefronts.tables import ConnectionRow


@dataclass(frozen=True, slots=True)
class Halting:
    """Which connection, as which of its versions, why, and for how long."""

    storefront_id: UUID
    mode: Mode
    connection_id: UUID
    version: int
    reason: str
    lasts: timedelta
    at: datetime


async def halt_connections(tx: Tx, haltings: Sequence[Halting]) -> list[Halting]:
    """Halt these connections; each is tried again by itself when its time is over, and at once when it is changed.

    Returns:
        Those that were halted. One that has been changed since it was used is not: what its provider said was said of
        what it was before.
    """
    halted = []
    for halting in haltings:
        changed = await tx.session.execute(
            update(ConnectionRow)
            .where(
                ConnectionRow.id == halting.connection_id,
                ConnectionRow.storefront_id == halting.storefront_id,
                ConnectionRow.version == halting.version,
            )
            .values(halted_until=halting.at + halting.lasts, halted_reason=halting.reason)
            .returning(ConnectionRow.id)
        )
        if changed.scalar_one_or_none() is not None:
            halted.append(halting)
    await append(tx, *map(_entry, halted))
    return halted


def _entry(halting: Halting) -> Entry:
    return Entry(
        storefront_id=halting.storefront_id,
        order_id=None,
        mode=halting.mode,
        kind="connection.halted",
        subject=wire("con", halting.connection_id),
        actor="system",
        at=halting.at,
        data={"seconds": halting.lasts.total_seconds()},
    )
