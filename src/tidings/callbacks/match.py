"""Matches receipts with their attempts; those that came before their attempt was known are matched later."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import structlog

from tidings.callbacks.apply import apply
from tidings.callbacks.incoming import EventKey, Incoming, Origin, from_json
from tidings.delivery.find import Sought, find_attempts
from tidings.delivery.receive import AttemptRef
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire
from tidings.kit.outage import is_database_away, is_of_the_moment

log = structlog.get_logger(__name__)

_PAGE: Final = 500
# What belongs to nobody here (other mail of a shared account) must not be looked at for ever: the newest are looked
# at all the time, all of the last days once an hour.
_YOUNG: Final = timedelta(hours=1)
_YOUNG_PAGES: Final = 10
_OLDEST: Final = timedelta(hours=72)
_ROUND_MINUTE: Final = 0
_ROUND_SECONDS: Final = 10

# Along ix_inbox_unmatched, newest first; what another worker is at is skipped.
_UNMATCHED = """
SELECT i.storefront_id, i.connection_id, i.event_key, i.event, i.received_at, c.mode, c.channel, c.provider
FROM inbox i JOIN connections c ON c.id = i.connection_id
WHERE i.applied_at IS NULL AND i.received_at >= $1
  AND (i.received_at, i.connection_id, i.event_key) < ($2, $3, $4)
ORDER BY i.received_at DESC, i.connection_id DESC, i.event_key DESC LIMIT $5
FOR UPDATE OF i SKIP LOCKED
"""

_APPLIED = """
UPDATE inbox i SET applied_at = $4, event = i.event - 'address' - 'text' - 'detail'
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS k (storefront_id, connection_id, event_key)
WHERE i.storefront_id = k.storefront_id AND i.connection_id = k.connection_id AND i.event_key = k.event_key
"""


class _Place(NamedTuple):
    """A row of the inbox: what is asked for lies behind it."""

    received_at: datetime
    connection_id: UUID
    event_key: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is looked at in one transaction."""

    oldest: datetime
    now: datetime
    size: int


# Behind every row.
_FROM_THE_TOP: Final = (UUID(int=2**128 - 1), "\U0010ffff")


async def matches(tx: Tx, these: Sequence[Incoming]) -> dict[EventKey, AttemptRef]:
    """The attempts that these events name, by event key; those that name none that is known are left out."""
    sought = [
        Sought(one.origin.storefront_id, one.origin.connection_id, one.attempt_id, one.event.provider_message_id)
        for one in these
    ]
    found = await find_attempts(tx, sought)
    return {these[place].key: attempt for place, attempt in found.items()}


async def match_unmatched(begin: Begin, now: datetime) -> int:
    """Match what waits in the inbox; says how many events have found their attempt."""
    is_round = now.minute == _ROUND_MINUTE and now.second < _ROUND_SECONDS
    pages = None if is_round else _YOUNG_PAGES
    oldest = now - (_OLDEST if is_round else _YOUNG)
    matched, place = 0, _Place(now + _YOUNG, *_FROM_THE_TOP)
    while pages is None or pages > 0:
        count, rows = await _page(begin, _Asked(oldest, now, _PAGE), place)
        matched += count
        if len(rows) < _PAGE:
            break
        place = _behind(rows, place)
        pages = None if pages is None else pages - 1
    return matched


async def _page(begin: Begin, asked: _Asked, place: _Place) -> tuple[int, Sequence[asyncpg.Record]]:
    """Match what waits behind this place, so many at once; how many, and the rows that were looked at.

    If one of them cannot be applied, its half is tried again by itself, and so on: nobody else waits because of it.
    """
    rows: Sequence[asyncpg.Record] = ()
    try:
        async with begin.across() as tx:
            rows = await tx.raw.fetch(_UNMATCHED, asked.oldest, *place, asked.size)
            return await _apply(tx, [_incoming(row) for row in rows], asked.now), rows
    except Exception as error:
        if not rows or is_database_away(error) or is_of_the_moment(error):
            raise
        if len(rows) == 1:
            # A bug of ours.
            connection = wire("con", rows[0]["connection_id"])
            log.error(  # noqa: TRY400 - what the error says may quote an address
                "callback.event_refused", connection=connection, error=type(error).__name__
            )
            return 0, rows
    half = len(rows) // 2
    first, seen = await _page(begin, replace(asked, size=half), place)
    second, _ = await _page(begin, replace(asked, size=len(rows) - half), _behind(seen, place))
    return first + second, rows


def _behind(rows: Sequence[asyncpg.Record], place: _Place) -> _Place:
    last = rows[-1] if rows else None
    return place if last is None else _Place(last["received_at"], last["connection_id"], last["event_key"])


async def _apply(tx: Tx, waiting: Sequence[Incoming], now: datetime) -> int:
    found = await matches(tx, waiting)
    if not found:
        return 0
    await apply(tx, [one for one in waiting if one.key in found], found, now=now)
    keys = sorted(found)
    await tx.raw.execute(
        _APPLIED, [storefront for storefront, _, _ in keys], [con for _, con, _ in keys], [key for *_, key in keys], now
    )
    return len(found)


def _incoming(row: asyncpg.Record) -> Incoming:
    origin = Origin(row["storefront_id"], row["mode"], row["connection_id"], row["channel"], row["provider"])
    return Incoming(origin, from_json(row["event"]), row["received_at"])
