"""From rows to what storefronts see."""

import json
from typing import Final, cast

from tidings.kit.ids import wire
from tidings.kit.scope import Mode
from tidings.webhooks.endpoint_schemas import LastTry, MadeWebhookEndpoint, WebhookEndpoint
from tidings.webhooks.kinds import DisabledReason
from tidings.webhooks.queries import Told
from tidings.webhooks.schemas import Event
from tidings.webhooks.tables import WebhookEndpointRow

# Facts about the procedure itself, and no order.
WITHOUT_ORDER: Final = "review."


def event_of(told: Told) -> Event:
    """An event as storefronts see it, read or posted."""
    snapshot = json.loads(told.snapshot)
    about = {} if told.kind.startswith(WITHOUT_ORDER) else {"order_id": wire("ord", told.order_id)}
    return Event(
        id=wire("evt", told.id),
        type=told.kind,
        sequence=told.position.sequence,
        order_sequence=told.order_seq,
        occurred_at=told.occurred_at,
        data={**about, "actor": told.actor, **snapshot},
    )


def endpoint_of(row: WebhookEndpointRow) -> WebhookEndpoint:
    """An endpoint's row as callers see it."""
    is_failing = row.first_failed_at is not None
    return WebhookEndpoint(
        id=wire("whk", row.id),
        url=row.url,
        description=row.description,
        types=row.types,
        mode=cast("Mode", row.mode),
        is_paused=row.paused_at is not None,
        disabled_at=row.disabled_at,
        disabled_reason=cast("DisabledReason | None", row.disabled_reason),
        failing_since=row.first_failed_at,
        next_try_at=row.due_at if is_failing and row.disabled_at is None and row.paused_at is None else None,
        last_try=_last_try(row),
        previous_secret_until=row.previous_until,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def made_endpoint_of(row: WebhookEndpointRow, secret: str) -> MadeWebhookEndpoint:
    """The same with the secret that it has just got."""
    return MadeWebhookEndpoint(**endpoint_of(row).model_dump(), secret=secret)


def _last_try(row: WebhookEndpointRow) -> LastTry | None:
    if row.tried_at is None or row.tried_event_id is None:
        return None
    return LastTry(
        at=row.tried_at, event_id=wire("evt", row.tried_event_id), status=row.tried_status, reason=row.tried_reason
    )
