"""Posts a test there, at once and outside the log: so that whoever sets an endpoint up need not wait for an order."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Begin
from tidings.kit.ids import new_id, wire
from tidings.kit.scope import Scope
from tidings.kit.vault import Vault
from tidings.webhooks.endpoint_queries import endpoint_by_id
from tidings.webhooks.endpoint_schemas import WebhookTest
from tidings.webhooks.kinds import TEST
from tidings.webhooks.ports import Answered, Courier, Parcel
from tidings.webhooks.rules import is_taken
from tidings.webhooks.schemas import Event
from tidings.webhooks.secret import signing_secrets


@dataclass(frozen=True, slots=True)
class TryEndpoint:
    """Which endpoint, and who wants to know."""

    endpoint_id: UUID | None
    scope: Scope
    actor: str
    at: datetime


async def try_endpoint(command: TryEndpoint, *, begin: Begin, courier: Courier, vault: Vault) -> WebhookTest:
    """Post a signed test there, though it be paused or disabled, and tell what came of it.

    Raises:
        NotFound: there is no such endpoint in this storefront and mode.
        VaultClosed: its secret cannot be opened.
    """
    async with begin.reading(command.scope) as tx:
        row = await endpoint_by_id(tx, command.endpoint_id)
    event = _event(row.id, command)
    secrets = signing_secrets(row, vault, command.at)
    started = time.monotonic()
    answer = await courier.carry(Parcel(row.url, event.id, event.model_dump_json().encode(), secrets, command.at))
    took_ms = round((time.monotonic() - started) * 1000)
    if isinstance(answer, Answered):
        is_delivered = is_taken(answer.status)
        return WebhookTest(
            event_id=event.id, is_delivered=is_delivered, status=answer.status, reason=None, took_ms=took_ms
        )
    return WebhookTest(event_id=event.id, is_delivered=False, status=None, reason=answer.reason, took_ms=took_ms)


def _event(endpoint_id: UUID, command: TryEndpoint) -> Event:
    data = {"actor": command.actor, "webhook_endpoint_id": wire("whk", endpoint_id)}
    event_id = wire("evt", new_id())
    return Event(id=event_id, type=TEST, sequence=0, order_sequence=0, occurred_at=command.at, data=data)
