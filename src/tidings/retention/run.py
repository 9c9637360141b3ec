"""A round of retention over one storefront and mode: kind by kind, batch by batch, each a transaction of its own.

How far it has come is written down with each batch, so that a round that was killed goes on where it stood.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Begin, Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.kinds import Kind
from tidings.kit.scope import Scope
from tidings.records.append import Entry, append
from tidings.records.prune import PruneRecords, prune_records
from tidings.retention.expire import expire_exports
from tidings.retention.held import is_shut, keep_holds_out, spare_held
from tidings.retention.kept import by_the_shops_clock, terms_in_force
from tidings.retention.map import Map, loose
from tidings.retention.prune_kind import PARTS, Pruning, prune_batch
from tidings.retention.prune_loose import AT_ONCE, prune_loose_rows
from tidings.retention.settle_kept import settle_kept
from tidings.storefronts.terms import kept_since

# Parts before the orders that they belong to.
_KINDS: Final[tuple[Kind, ...]] = (*PARTS, "documents", "orders")

_OPEN: Final = """
INSERT INTO retention_runs (storefront_id, id, mode, outcome, started_at, started_by)
VALUES ($1, $2, $3, '{}', $4, $5) ON CONFLICT DO NOTHING
"""
_FOUND: Final = """
SELECT id, outcome FROM retention_runs WHERE storefront_id = $1 AND mode = $2 AND finished_at IS NULL
"""
_COUNT: Final = """
UPDATE retention_runs SET outcome = outcome || jsonb_build_object($3::text, jsonb_build_object(
    'before', $4::text, 'rows', coalesce((outcome -> $3 ->> 'rows')::int8, 0) + $5::int8,
    'orders', coalesce((outcome -> $3 ->> 'orders')::int8, 0) + $6::int8))
WHERE storefront_id = $1 AND id = $2 AND finished_at IS NULL
"""
_FINISH: Final = """
UPDATE retention_runs SET finished_at = $3 WHERE storefront_id = $1 AND id = $2 AND finished_at IS NULL
RETURNING outcome::text AS outcome
"""
_MARK: Final = "SELECT order_id FROM retention_marks WHERE storefront_id = $1 AND mode = $2 AND kind = $3"
_FIRST_MARK: Final = """
INSERT INTO retention_marks (storefront_id, mode, kind, order_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (storefront_id, mode, kind) DO NOTHING RETURNING order_id
"""
_NEXT_MARK: Final = """
UPDATE retention_marks SET order_id = $4 WHERE storefront_id = $1 AND mode = $2 AND kind = $3 AND order_id = $5
RETURNING order_id
"""


@dataclass(frozen=True, slots=True)
class Round:
    """A round of retention."""

    id: UUID
    scope: Scope
    pruning: Pruning


async def run_retention(begin: Begin, scope: Scope, known: Map, *, actor: str, now: datetime) -> UUID:
    """Take away all that has been kept long enough; begin a round, or go on with one that broke off.

    Args:
        begin: opens transactions as tidings_retention.
        scope: whose rows.
        known: the map of personal data.
        actor: who wants it.
        now: the present instant.

    Returns:
        The round.
    """
    async with begin(scope) as tx:
        this = await _opened(tx, known, actor, now)
        shut = await is_shut(tx, scope.storefront_id, scope.mode)
    if not shut:
        for kind in _KINDS:
            await _prune(begin, kind, this)
        await _prune_loose(begin, this)
        await _prune_records(begin, this)
    async with begin(scope) as tx:
        await expire_exports(tx, now=now)
        await keep_holds_out(tx, scope.storefront_id)
        await settle_kept(tx, known, now=now)
        await _finish(tx, this, is_held=shut)
    return this.id


async def _opened(tx: Tx, known: Map, actor: str, now: datetime) -> Round:
    scope = tx.scope
    terms = await terms_in_force(tx, scope.storefront_id)
    local = await by_the_shops_clock(tx, scope.storefront_id, now)
    before = {kind: kept_since(kind, term.months, local).astimezone(UTC) for kind, term in terms.items()}
    await tx.raw.execute(_OPEN, scope.storefront_id, new_id(), scope.mode, now, actor)
    found = await tx.raw.fetchrow(_FOUND, scope.storefront_id, scope.mode)
    return Round(found["id"], scope, Pruning(before, known, actor, now))


async def _prune(begin: Begin, kind: Kind, this: Round) -> None:
    """Walk the orders, anew if the mark was taken away under way: a hold was released, and what it kept lies behind."""
    is_over = False
    while not is_over:
        is_over = await _walk(begin, kind, this)


async def _walk(begin: Begin, kind: Kind, this: Round) -> bool:
    """From the mark on; it stays before the first one that has something left. False: it is not where it was put."""
    scope = this.scope
    async with begin(scope) as tx:
        mark: UUID | None = await tx.raw.fetchval(_MARK, scope.storefront_id, scope.mode, kind)
    after: UUID | None = mark or UUID(int=0)
    first_left: UUID | None = None
    while after is not None:
        async with begin(scope) as tx:
            batch = await prune_batch(tx, kind, after, this.pruning)
            await _count(tx, this, kind, batch.rows, batch.orders)
            first_left = first_left or batch.first_left
            to = batch.last if first_left is None else UUID(int=first_left.int - 1)
            is_set = to is None or await _set_mark(tx, kind, mark, to)
        if not is_set:
            return False
        after, mark = batch.last, to
    return True


async def _set_mark(tx: Tx, kind: Kind, mark: UUID | None, to: UUID) -> bool:
    """Move the mark, if it is where it was put last: of whoever has kept out releases of holds (prune_kind.py)."""
    place = (tx.scope.storefront_id, tx.scope.mode, kind)
    if mark is None:
        found = await tx.raw.fetchval(_FIRST_MARK, *place, to)
    else:
        found = await tx.raw.fetchval(_NEXT_MARK, *place, to, mark)
    return found is not None


async def _count(tx: Tx, this: Round, kind: Kind, rows: int, orders: int) -> None:
    before = this.pruning.before[kind].isoformat()
    await tx.raw.execute(_COUNT, this.scope.storefront_id, this.id, kind, before, rows, orders)


async def _prune_loose(begin: Begin, this: Round) -> None:
    for keeping in loose(this.pruning.known):
        count = AT_ONCE
        while count == AT_ONCE:
            async with begin(this.scope) as tx:
                count = await prune_loose_rows(tx, keeping, this.pruning)
                await _count(tx, this, keeping.kind, count, 0)


async def _prune_records(begin: Begin, this: Round) -> None:
    storefront_id, pruning = this.scope.storefront_id, this.pruning
    command = PruneRecords(
        storefront_id=storefront_id,
        before=pruning.before["records"],
        actor=pruning.actor,
        spare=lambda tx, orders: spare_held(tx, storefront_id, orders),
    )
    count = await prune_records(begin, command, now=pruning.now)
    async with begin(this.scope) as tx:
        await _count(tx, this, "records", count, 0)


async def _finish(tx: Tx, this: Round, *, is_held: bool) -> None:
    scope, now = this.scope, this.pruning.now
    outcome = await tx.raw.fetchval(_FINISH, scope.storefront_id, this.id, now)
    if outcome is not None:
        data: Mapping[str, Any] = {"outcome": json.loads(outcome), "held": is_held}
        about = wire("rtn", this.id)
        await append(
            tx, Entry(scope.storefront_id, None, scope.mode, "retention.ran", about, this.pruning.actor, now, data)
        )
