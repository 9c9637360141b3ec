"""Puts all secrets under the newest key, so that the old one can be taken out of the settings."""

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.vault import Vault
from tidings.storefronts.tables import ConnectionRow


async def reseal_connections(tx: Tx, vault: Vault) -> int:
    """Re-encrypt the secrets of every connection, removed ones too; says how many.

    Raises:
        VaultClosed: one of them is under a key that is not among the settings any more.
    """
    rows = list(await tx.session.scalars(select(ConnectionRow).order_by(ConnectionRow.id).with_for_update()))
    for row in rows:
        # What is said is the same, so its version stays: nobody has to open the line anew.
        row.secrets = vault.reseal(row.secrets)
    await tx.flush()
    return len(rows)
