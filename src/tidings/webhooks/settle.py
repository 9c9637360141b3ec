"""Writes down what a try came to: the cursor moves on, the endpoint is left alone for a while, or it is disabled.

All of it holds only while the lease does. What was taken counts although the endpoint has been changed meanwhile,
unless it was sent elsewhere in the log; what was refused was refused by the endpoint as it was, and does not count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.tasks.open import Opening, open_tasks
from tidings.webhooks.fetch import EndpointInHand
from tidings.webhooks.kinds import DisabledReason
from tidings.webhooks.queries import Position


@dataclass(frozen=True, slots=True)
class Try:
    """What the last try came to."""

    event_id: UUID
    at: datetime
    status: int | None = None
    reason: str | None = None


# $6 and $7: where the cursor was. Neither of the indexed columns changes, so that the row stays in its page.
_TAKEN: Final = """
UPDATE webhook_endpoints SET cursor_xid = $4::text::xid8, cursor_sequence = $5, failures = 0, first_failed_at = NULL,
    tried_at = $8, tried_event_id = $9, tried_status = $10, tried_reason = NULL,
    lease_until = now() + make_interval(secs => $11)
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 AND cursor_xid = $6::text::xid8 AND cursor_sequence = $7
RETURNING version
"""

_PASSED_OVER: Final = """
UPDATE webhook_endpoints SET cursor_xid = $4::text::xid8, cursor_sequence = $5
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 AND version = $6
"""

_REFUSED: Final = """
UPDATE webhook_endpoints SET cursor_xid = $5::text::xid8, cursor_sequence = $6, failures = failures + 1,
    first_failed_at = coalesce(first_failed_at, $7), tried_at = $7, tried_event_id = $8, tried_status = $9,
    tried_reason = $10, due_at = $11, disabled_at = CASE WHEN $12::text IS NOT NULL THEN $7 END, disabled_reason = $12,
    lease_until = NULL, lease_token = NULL
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 AND version = $4
RETURNING id
"""

# Behind all others that are due.
_RELEASE: Final = """
UPDATE webhook_endpoints SET lease_until = NULL, lease_token = NULL, due_at = greatest(due_at, $4)
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3
"""


async def settle_taken(begin: Begin, hand: EndpointInHand, position: Position, tried: Try, lease: timedelta) -> bool:
    """The event at this place was taken; says whether this hand may go on."""
    async with begin.statement() as connection:
        version: int | None = await connection.fetchval(
            _TAKEN, *_key(hand), str(position.xid), position.sequence, str(hand.stored.xid), hand.stored.sequence,
            tried.at, tried.event_id, tried.status, lease.total_seconds(),
        )  # fmt: skip
    hand.stored = hand.reached = position
    hand.failures, hand.first_failed_at = 0, None
    return version == hand.version


async def settle_passed_over(begin: Begin, hand: EndpointInHand) -> None:
    """What was read since the last event that was posted is not wanted."""
    async with begin.statement() as connection:
        await connection.execute(_PASSED_OVER, *_key(hand), str(hand.reached.xid), hand.reached.sequence, hand.version)


async def settle_refused(begin: Begin, hand: EndpointInHand, tried: Try, due_at: datetime) -> None:
    """The event was not taken: it is tried again then."""
    async with begin.statement() as connection:
        await connection.execute(_REFUSED, *_refused(hand, tried, due_at, None))


async def disable(begin: Begin, hand: EndpointInHand, tried: Try, why: DisabledReason) -> bool:
    """The event was not taken, and no more are tried until somebody has looked at it; says whether that holds."""
    async with begin(hand.scope) as tx:
        if await tx.raw.fetchval(_REFUSED, *_refused(hand, tried, tried.at, why)) is None:
            return False
        await append(tx, _entry(hand, tried, why))
        await open_tasks(tx, _opening(hand, tried, why))
    return True


async def release(begin: Begin, hand: EndpointInHand, due_at: datetime) -> None:
    """Whoever comes next may have it from then on."""
    async with begin.statement() as connection:
        await connection.execute(_RELEASE, *_key(hand), due_at)


def _key(hand: EndpointInHand) -> tuple[UUID, UUID, UUID]:
    return hand.scope.storefront_id, hand.id, hand.token


def _refused(hand: EndpointInHand, tried: Try, due_at: datetime, why: DisabledReason | None) -> tuple[object, ...]:
    return (
        *_key(hand), hand.version, str(hand.reached.xid), hand.reached.sequence,
        tried.at, tried.event_id, tried.status, tried.reason, due_at, why,
    )  # fmt: skip


def _entry(hand: EndpointInHand, tried: Try, why: DisabledReason) -> Entry:
    return Entry(
        storefront_id=hand.scope.storefront_id,
        order_id=None,
        mode=hand.scope.mode,
        kind="webhook_endpoint.disabled",
        subject=wire("whk", hand.id),
        actor="system",
        at=tried.at,
        data={"why": why, "version": hand.version, "event": wire("evt", tried.event_id), "status": tried.status},
    )


def _opening(hand: EndpointInHand, tried: Try, why: DisabledReason) -> Opening:
    endpoint = wire("whk", hand.id)
    return Opening(
        storefront_id=hand.scope.storefront_id,
        mode=hand.scope.mode,
        order_id=None,
        kind="webhook_disabled",
        cause=endpoint,
        opened_at=tried.at,
        data={"endpoint": endpoint, "why": why, "event": wire("evt", tried.event_id), "status": tried.status},
    )
