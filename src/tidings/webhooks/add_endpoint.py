"""Adds an endpoint: from the end of the log on, or after an event that is named."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.vault import Vault
from tidings.records.append import Entry, append
from tidings.webhooks.endpoint_queries import number_of_endpoints
from tidings.webhooks.errors import TooManyEndpoints
from tidings.webhooks.judge import Judge, place_behind
from tidings.webhooks.queries import end_of_log
from tidings.webhooks.secret import new_secret
from tidings.webhooks.tables import WebhookEndpointRow

MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEndpoint:
    """An endpoint that is wanted; it gets the mode of the transaction."""

    url: str
    description: str | None = None
    types: Sequence[str] = ()
    secret: str | None = field(default=None, repr=False)
    after: str | None = None
    actor: str = "system"


class Told(NamedTuple):
    """An endpoint, and the secret that is told this once."""

    row: WebhookEndpointRow
    secret: str


async def add_endpoint(tx: Tx, command: AddEndpoint, *, judge: Judge, vault: Vault, now: datetime) -> Told:
    """Store an endpoint; what happens from now on is posted there.

    Raises:
        InvalidInput: events may not be posted there, there are no such events, or it is no such place in the log.
        TooManyEndpoints: there are as many as there may be.
        VaultClosed: there is no key to seal the secret with.
    """
    judge.check(url=command.url, types=command.types, secret=command.secret)
    if await number_of_endpoints(tx) >= MOST:
        raise TooManyEndpoints(most=MOST)
    position = await end_of_log(tx) if command.after is None else await place_behind(tx, command.after)
    secret = command.secret or new_secret()
    row = WebhookEndpointRow(
        storefront_id=tx.scope.storefront_id,
        id=new_id(),
        mode=tx.scope.mode,
        url=command.url,
        description=command.description,
        types=list(command.types),
        secret=vault.seal(secret.encode()),
        cursor_xid=position.xid,
        cursor_sequence=position.sequence,
        due_at=now,
        failures=0,
        version=1,
        created_at=now,
        updated_at=now,
    )
    tx.session.add(row)
    await tx.flush()
    await append(tx, endpoint_entry(row, "webhook_endpoint.added", command.actor, now))
    tx.wakes_worker = True
    return Told(row, secret)


def endpoint_entry(row: WebhookEndpointRow, kind: str, actor: str, now: datetime, **data: Any) -> Entry:
    """The line of the trail about an endpoint; never its secret, and nothing of its address, which may hold one."""
    return Entry(
        storefront_id=row.storefront_id,
        order_id=None,
        mode=cast("Mode", row.mode),
        kind=kind,
        subject=wire("whk", row.id),
        actor=actor,
        at=now,
        data={"version": row.version, **data},
    )
