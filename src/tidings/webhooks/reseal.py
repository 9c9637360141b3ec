"""Puts the secrets of all endpoints under the newest key, so that the old one can be taken out of the settings."""

from datetime import datetime

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.vault import Vault
from tidings.records.append import append
from tidings.webhooks.add_endpoint import endpoint_entry
from tidings.webhooks.tables import WebhookEndpointRow


async def reseal_endpoints(tx: Tx, vault: Vault, *, actor: str, now: datetime) -> int:
    """Re-encrypt the secrets of every endpoint; says how many there are.

    Raises:
        VaultClosed: one of them is under a key that is not among the settings any more.
    """
    rows = list(await tx.session.scalars(select(WebhookEndpointRow).order_by(WebhookEndpointRow.id).with_for_update()))
    for row in rows:
        row.secret = vault.reseal(row.secret)
        row.previous_secret = None if row.previous_secret is None else vault.reseal(row.previous_secret)
    await append(tx, *(endpoint_entry(row, "webhook_endpoint.resealed", actor, now) for row in rows))
    return len(rows)
