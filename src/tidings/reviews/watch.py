"""Watches the facts for whatever calls for a review, and the open reviews for their clocks.

Runs in every worker, all the time, and asks nobody but Postgres. A look costs by what is new: records of changes have
an index of their own, and each storefront remembers how far it has been looked at. Whoever looks holds the row that
says so, so that two workers open one review; whoever dies in between has changed nothing, and the next look finds it.
"""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire
from tidings.kit.outage import is_database_away
from tidings.kit.scope import Scope
from tidings.orders.load import By
from tidings.reviews.changes import Watch, found_since, table_digest
from tidings.reviews.open import open_review
from tidings.reviews.remind import remind_of_reviews
from tidings.reviews.rules import a_year_after
from tidings.reviews.tell import MODE
from tidings.storefronts.queries import storefront

log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = timedelta(seconds=10)

# One probe of ix_records_changes for each storefront.
_TO_LOOK_AT: Final = """
SELECT s.id FROM storefronts s LEFT JOIN review_watches w ON w.storefront_id = s.id
WHERE w.storefront_id IS NULL OR w.yearly_at <= $1 OR NOT w.known_tables ? $2
   OR EXISTS (
        SELECT FROM records r
        WHERE r.storefront_id = s.id AND r.kind IN ('storefront.changed', 'template.published', 'template.retired')
          AND (r.xid, r.id) > (w.xid, w.record_id) AND r.xid < pg_snapshot_xmin(pg_current_snapshot())
   )
ORDER BY s.id
"""

# A shop that is new has the table that it began with, and its year from its opening on.
_BEGIN: Final = """
INSERT INTO review_watches (storefront_id, xid, record_id, yearly_at, known_tables)
VALUES ($1, '0', '00000000-0000-0000-0000-000000000000', $2, jsonb_build_array($3::text))
ON CONFLICT DO NOTHING
"""
_HOLD: Final = """
SELECT xid::text AS xid, record_id, yearly_at, known_tables::text AS known_tables
FROM review_watches WHERE storefront_id = $1 FOR UPDATE
"""
_MOVE_ON: Final = """
UPDATE review_watches SET xid = $2::text::xid8, record_id = $3, yearly_at = $4, known_tables = $5::text::jsonb
WHERE storefront_id = $1
"""


async def watch_reviews(begin: Begin, clock: Clock) -> None:
    """Look again and again, until cancelled, which may happen at any moment without harm."""
    while True:
        now = clock.now()
        await look_for_causes(begin, now)
        await remind_of_reviews(begin, now)
        await asyncio.sleep(_LOOK_EVERY.total_seconds())


async def look_for_causes(begin: Begin, now: datetime, *, digest: str | None = None) -> int:
    """Look once through all storefronts where there is something new; says in how many a review was opened or joined.

    Args:
        begin: opens transactions.
        now: the present instant.
        digest: of the table of milestones; None: of the one that this process goes by.
    """
    table = digest or table_digest()
    async with begin.across() as tx:
        rows = await tx.raw.fetch(_TO_LOOK_AT, now, table)
    return sum([await _looked_at(begin, row["id"], now, table) for row in rows])


async def _looked_at(begin: Begin, storefront_id: UUID, now: datetime, digest: str) -> bool:
    """One of them; whatever is wrong with it, the others are looked at."""
    try:
        async with begin(Scope(storefront_id, MODE)) as tx:
            return await _look_at(tx, now, digest)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("review.not_looked_for", storefront=wire("stf", storefront_id), error=type(error).__name__)
        return False


async def _look_at(tx: Tx, now: datetime, digest: str) -> bool:
    shop = await storefront(tx)
    watch = await held_watch(tx, digest)
    found = await found_since(tx, watch, shop.time_zone, now, digest=digest)
    review = await open_review(tx, found.causes, By("system", now)) if found.causes else None
    yearly_at = found.watch.yearly_at
    if review is not None and review.opened_at == now:
        # The next year is counted from whatever review was opened last.
        yearly_at = max(yearly_at, a_year_after(now, shop.time_zone))
    await _move_on(tx, found.watch, yearly_at)
    if review is not None:
        log.info("review.caused", review=wire("rev", review.id), cause_count=len(found.causes))
    return review is not None


async def held_watch(tx: Tx, digest: str) -> Watch:
    """The watch of the transaction's storefront, locked until it ends; begun, if it was not."""
    shop = await storefront(tx)
    await tx.raw.execute(_BEGIN, shop.id, a_year_after(shop.created_at, shop.time_zone), digest)
    row = await tx.raw.fetchrow(_HOLD, shop.id)
    return Watch(shop.id, row["xid"], row["record_id"], row["yearly_at"], tuple(json.loads(row["known_tables"])))


async def count_year_from(tx: Tx, watch: Watch, opened_at: datetime) -> None:
    """A review was opened by hand: the next yearly one comes a year later."""
    zone = (await storefront(tx)).time_zone
    await _move_on(tx, watch, max(watch.yearly_at, a_year_after(opened_at, zone)))


async def _move_on(tx: Tx, watch: Watch, yearly_at: datetime) -> None:
    await tx.flush()
    tables = json.dumps(watch.known_tables)
    await tx.raw.execute(_MOVE_ON, watch.storefront_id, watch.xid, watch.record_id, yearly_at, tables)
