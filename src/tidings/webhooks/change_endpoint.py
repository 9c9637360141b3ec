"""Changes an endpoint: its address, what it wants, a pause, its place in the log. Any change wakes a disabled one.

Who is posting there at this moment ends that one try and then sees the change (settle.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.etag import check_if_match
from tidings.kit.ids import wire
from tidings.records.append import append
from tidings.tasks.finish import Cause, drop_tasks
from tidings.webhooks.add_endpoint import endpoint_entry
from tidings.webhooks.endpoint_queries import endpoint_for_update
from tidings.webhooks.judge import Judge, place_behind
from tidings.webhooks.tables import WebhookEndpointRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEndpoint:
    """What is to be changed of an endpoint."""

    endpoint_id: UUID | None
    actor: str
    # By name; what is absent stays.
    changes: Mapping[str, Any]
    if_match: str | None = None


async def change_endpoint(tx: Tx, command: ChangeEndpoint, *, judge: Judge, now: datetime) -> WebhookEndpointRow:
    """Change an endpoint; what is due there is tried at once.

    Raises:
        NotFound: there is no such endpoint in this storefront and mode.
        PreconditionFailed: the caller knows another version of it.
        InvalidInput: events may not be posted there, there are no such events, or it is no such place in the log.
    """
    row = await endpoint_for_update(tx, command.endpoint_id)
    check_if_match(command.if_match, row.version)
    changes = command.changes
    judge.check(url=changes.get("url"), types=changes.get("types"))
    changed = [*_described(row, changes), *_paused(row, changes, now)]
    if changes.get("after") is not None:
        row.cursor_xid, row.cursor_sequence = await place_behind(tx, changes["after"])
        changed.append("after")
    wake(row, now)
    await tx.flush()
    await append(tx, endpoint_entry(row, "webhook_endpoint.changed", command.actor, now, changed=changed))
    await drop_tasks(tx, [cause_of(row)], why="the endpoint was changed", now=now)
    tx.wakes_worker = True
    return row


async def remove_endpoint(tx: Tx, endpoint_id: UUID | None, *, actor: str, now: datetime) -> None:
    """Post nothing there any more, and forget it.

    Raises:
        NotFound: there is no such endpoint in this storefront and mode.
    """
    row = await endpoint_for_update(tx, endpoint_id)
    await tx.session.delete(row)
    await tx.flush()
    await append(tx, endpoint_entry(row, "webhook_endpoint.removed", actor, now))
    await drop_tasks(tx, [cause_of(row)], why="the endpoint was removed", now=now)


def wake(row: WebhookEndpointRow, now: datetime) -> None:
    """A new version of it, which is tried at once, whatever became of the one before."""
    row.disabled_at = row.disabled_reason = row.first_failed_at = None
    row.failures, row.due_at = 0, now
    row.version += 1
    row.updated_at = now


def cause_of(row: WebhookEndpointRow) -> Cause:
    """Under which its task is found."""
    return Cause(row.storefront_id, cast("Mode", row.mode), "webhook_disabled", wire("whk", row.id))


def _described(row: WebhookEndpointRow, changes: Mapping[str, Any]) -> list[str]:
    news = {name: changes[name] for name in ("description", "types") if name in changes}
    if changes.get("url") is not None:
        news["url"] = changes["url"]
    if "types" in news:
        news["types"] = list(news["types"] or ())
    changed = sorted(name for name, value in news.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, news[name])
    return changed


def _paused(row: WebhookEndpointRow, changes: Mapping[str, Any], now: datetime) -> list[str]:
    is_paused = changes.get("is_paused")
    if is_paused is None or is_paused == (row.paused_at is not None):
        return []
    row.paused_at = now if is_paused else None
    return ["is_paused"]
