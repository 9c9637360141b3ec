"""Puts all secrets under the newest key, so that the old one can be taken out of the settings."""

from datetime import datetime
from typing import cast

from sqlalchemy import select

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.kit.vault import Vault
from tidings.records.append import Entry, append
from tidings.storefronts.tables import ConnectionRow


async def reseal_connections(tx: Tx, vault: Vault, *, actor: str, now: datetime) -> int:
    """Re-encrypt the secrets of every connection, removed ones too; says how many.

    Raises:
        VaultClosed: one of them is under a key that is not among the settings any more.
    """
    rows = list(await tx.session.scalars(select(ConnectionRow).order_by(ConnectionRow.id).with_for_update()))
    for row in rows:
        # What is said is the same, so its version stays: nobody has to open the line anew.
        row.secrets = vault.reseal(row.secrets)
    await append(tx, *(_entry(row, actor, now) for row in rows))
    return len(rows)


def _entry(row: ConnectionRow, actor: str, now: datetime) -> Entry:
    return Entry(
        row.storefront_id, None, cast("Mode", row.mode), "connection.resealed", wire("con", row.id), actor, now
    )
