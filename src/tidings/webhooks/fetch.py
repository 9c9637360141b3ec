"""Takes endpoints in hand that are due and have news: each in one worker's hands at a time, fenced by a lease."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from tidings.kit.db import Begin, Mode
from tidings.kit.ids import new_id
from tidings.kit.scope import Scope
from tidings.webhooks.queries import Position


@dataclass(slots=True)
class EndpointInHand:
    """An endpoint to which this worker posts now. Its repr shows no secrets."""

    scope: Scope
    id: UUID
    url: str = field(repr=False)
    types: frozenset[str]
    # Sealed.
    secret: bytes = field(repr=False)
    previous_secret: bytes | None = field(repr=False)
    previous_until: datetime | None
    failures: int
    first_failed_at: datetime | None
    version: int
    token: UUID
    # Its place in the log as it is stored.
    stored: Position
    # And as far as it has been read: events that are not wanted are stored with the next one that is.
    reached: Position

    def wants(self, kind: str) -> bool:
        """Whether such an event is to be posted there."""
        return not self.types or kind in self.types


@dataclass(frozen=True, slots=True)
class Fetching:
    """How endpoints are taken in hand."""

    # Side by side in one worker: all that most of them do is wait for somebody else.
    most: int = 40
    most_of_one_shop: int = 5
    # Four times as long as a try may take; each event that is taken prolongs it.
    lease: timedelta = timedelta(seconds=60)
    # The most of one turn; then others have theirs.
    events: int = 25
    turn: timedelta = timedelta(seconds=30)


# Walks ix_webhook_endpoints_due, which has one entry for each place that is posted to, and looks for one event behind
# each cursor, by ix_events_storefront_id_mode_xid_sequence: one by one, because of the LIMIT; an EXISTS becomes a join
# with the whole log. Of one shop only so many at once, so that its systems that hang hold up nobody else's; $4 are the
# shops of which this worker has some in hand already, and $5 how many.
_FETCH: Final = """
WITH in_hand AS (
    SELECT * FROM unnest($4::uuid[], $5::int4[]) AS h (storefront_id, count)
),
due AS (
    SELECT first.storefront_id, first.id,
           row_number() OVER (PARTITION BY first.storefront_id ORDER BY first.due_at) + coalesce(h.count, 0) AS place
    FROM (
        SELECT e.storefront_id, e.id, e.due_at FROM webhook_endpoints e
        CROSS JOIN LATERAL (
            SELECT FROM events v
            WHERE v.storefront_id = e.storefront_id AND v.mode = e.mode
              AND (v.xid, v.sequence) > (e.cursor_xid, e.cursor_sequence)
              AND v.xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY v.xid, v.sequence LIMIT 1
        ) news
        WHERE e.paused_at IS NULL AND e.disabled_at IS NULL AND e.due_at <= $1
          AND (e.lease_until IS NULL OR e.lease_until < now())
          AND e.storefront_id <> ALL (SELECT storefront_id FROM in_hand WHERE count >= $6)
        ORDER BY e.due_at LIMIT 1000
    ) first
    LEFT JOIN in_hand h USING (storefront_id)
),
picked AS (
    SELECT e.storefront_id, e.id FROM webhook_endpoints e JOIN due USING (storefront_id, id)
    WHERE due.place <= $6 AND e.paused_at IS NULL AND e.disabled_at IS NULL AND e.due_at <= $1
      AND (e.lease_until IS NULL OR e.lease_until < now())
    ORDER BY e.due_at LIMIT $2
    FOR UPDATE OF e SKIP LOCKED
)
UPDATE webhook_endpoints e SET lease_until = now() + make_interval(secs => $7), lease_token = $3
FROM picked p WHERE e.storefront_id = p.storefront_id AND e.id = p.id
RETURNING e.storefront_id, e.mode, e.id, e.url, e.types::text AS types, e.secret, e.previous_secret, e.previous_until,
    e.failures, e.first_failed_at, e.version, e.cursor_xid::text AS cursor_xid, e.cursor_sequence
"""

_NOBODY: Final[Mapping[UUID, int]] = {}


async def fetch_endpoints(
    begin: Begin, now: datetime, how: Fetching, *, in_hand: Mapping[UUID, int] = _NOBODY
) -> list[EndpointInHand]:
    """Take endpoints in hand: one statement that is its own transaction, for most looks find nothing.

    Args:
        begin: opens transactions.
        now: by the application's clock, which tries are due by.
        how: how many, and for how long.
        in_hand: how many of each shop are in the same hand already.
    """
    token, shops, counts = new_id(), list(in_hand), list(in_hand.values())
    async with begin.statement() as connection:
        rows = await connection.fetch(
            _FETCH, now, how.most, token, shops, counts, how.most_of_one_shop, how.lease.total_seconds()
        )
    return [_in_hand(row, token) for row in rows]


def _in_hand(row: Any, token: UUID) -> EndpointInHand:
    place = Position(int(row["cursor_xid"]), row["cursor_sequence"])
    return EndpointInHand(
        scope=Scope(row["storefront_id"], cast("Mode", row["mode"])),
        id=row["id"],
        url=row["url"],
        types=frozenset(json.loads(row["types"])),
        secret=row["secret"],
        previous_secret=row["previous_secret"],
        previous_until=row["previous_until"],
        failures=row["failures"],
        first_failed_at=row["first_failed_at"],
        version=row["version"],
        token=token,
        stored=place,
        reached=place,
    )
