"""Replaces an endpoint's secret; the one before signs beside it for a while, so that nothing is refused meanwhile."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.vault import Vault
from tidings.records.append import append
from tidings.tasks.finish import drop_tasks
from tidings.webhooks.add_endpoint import Told, endpoint_entry
from tidings.webhooks.change_endpoint import cause_of, wake
from tidings.webhooks.endpoint_queries import endpoint_for_update
from tidings.webhooks.judge import Judge
from tidings.webhooks.secret import new_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSecret:
    """The secret that is wanted."""

    endpoint_id: UUID | None
    actor: str
    # None: one is made up.
    secret: str | None = field(default=None, repr=False)
    overlap: timedelta


async def rotate_secret(tx: Tx, command: RotateSecret, *, judge: Judge, vault: Vault, now: datetime) -> Told:
    """Sign with another secret from now on, and for the overlap with the one before, too.

    Raises:
        NotFound: there is no such endpoint in this storefront and mode.
        InvalidInput: it is no secret.
        VaultClosed: there is no key to seal it with.
    """
    judge.check(secret=command.secret)
    row = await endpoint_for_update(tx, command.endpoint_id)
    secret = command.secret or new_secret()
    is_overlapped = command.overlap > timedelta()
    row.previous_secret = row.secret if is_overlapped else None
    row.previous_until = now + command.overlap if is_overlapped else None
    row.secret = vault.seal(secret.encode())
    wake(row, now)
    await tx.flush()
    overlap_hours = command.overlap // timedelta(hours=1)
    entry = endpoint_entry(row, "webhook_endpoint.secret_rotated", command.actor, now, overlap_hours=overlap_hours)
    await append(tx, entry)
    await drop_tasks(tx, [cause_of(row)], why="the endpoint has a new secret", now=now)
    tx.wakes_worker = True
    return Told(row, secret)
