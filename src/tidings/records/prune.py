"""Deletes sealed records that are older than they must be kept; the seals stay, so that every head can be proved still.

In batches, each a transaction of its own in which a record tells which seals have no record any more: whoever is
killed in between has pruned less, and what is missing is always accounted for. That record is sealed like any other,
and is kept, as are the records of key changes.

Only a connection as tidings_retention may do it (migrations, trigger `append_only`).
"""

import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire
from tidings.records.append import Entry, append

PRUNED: Final = "records.pruned"
KEY_CHANGED: Final = "records.key_changed"
# Without them, nobody could tell why others are missing, or which key to trust.
ALWAYS_KEPT: Final = (PRUNED, KEY_CHANGED)
# SOP 4.6 and 6, whatever a caller says.
LEAST_KEPT: Final = timedelta(days=365)

# Told which orders records of a batch are about, inside the batch's transaction; answers those that must stay. It may
# lock whatever keeps a hold from coming in between.
Spare = Callable[[Tx, Collection[UUID]], Awaitable[Collection[UUID]]]


async def spare_none(_tx: Tx, _orders: Collection[UUID]) -> Collection[UUID]:
    """Nothing is held."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneRecords:
    """Delete this storefront's records that happened before this instant."""

    storefront_id: UUID
    before: datetime
    actor: str
    spare: Spare = spare_none
    # Looked at in one transaction.
    batch: int = 2000


class KeptTooShort(ValueError):
    """Records are kept for at least twelve months."""


# Along ix_records_storefront_id_xid_id. What is not sealed yet has no seal to stay behind, and stays itself. What is
# always kept is no part of a batch: in time nothing else stands at the beginning of the trail.
_OLDEST = """
SELECT r.order_id, r.id, r.xid::text AS xid, s.position, r.at < $4 AS is_old
FROM records r
JOIN record_seals s ON s.storefront_id = r.storefront_id AND s.record_id = r.id AND s.order_id = r.order_id
WHERE r.storefront_id = $1 AND (r.xid, r.id) > ($2::text::xid8, $3) AND r.kind <> ALL ($5::text[])
ORDER BY r.xid, r.id LIMIT $6
"""

# Somebody else may prune the same at the same moment: whoever deletes a row accounts for it.
# What was written beside a record is nobody's without it.
_DELETE = """
WITH gone AS (
    DELETE FROM records r USING unnest($2::uuid[], $3::uuid[], $4::int8[]) AS d (order_id, id, position)
    WHERE r.storefront_id = $1 AND r.order_id = d.order_id AND r.id = d.id
    RETURNING d.position, r.order_id, r.id
),
unsaid AS (
    DELETE FROM record_words w USING gone g
    WHERE w.storefront_id = $1 AND w.order_id = g.order_id AND w.record_id = g.id
)
SELECT position FROM gone
"""


async def prune_records(begin: Begin, command: PruneRecords, *, now: datetime) -> int:
    """Prune until nothing old is left but what is spared; says how many records were deleted.

    Raises:
        KeptTooShort: it would delete what is not twelve months old.
    """
    if command.before > now - LEAST_KEPT:
        raise KeptTooShort(f"records are kept for {LEAST_KEPT.days} days at least")
    after: tuple[str, UUID] | None = ("0", UUID(int=0))
    deleted = 0
    while after is not None:
        async with begin.across() as tx:
            after, count = await prune_batch(tx, command, after, now=now)
        deleted += count
    return deleted


async def prune_batch(
    tx: Tx, command: PruneRecords, after: tuple[str, UUID], *, now: datetime
) -> tuple[tuple[str, UUID] | None, int]:
    """One batch; tells where the next one starts (None: nothing older is left), and how many were deleted."""
    shop = command.storefront_id
    rows = await tx.raw.fetch(_OLDEST, shop, *after, command.before, list(ALWAYS_KEPT), command.batch)
    old = [row for row in rows if row["is_old"]]
    spared = set(await command.spare(tx, {row["order_id"] for row in old})) if old else set()
    positions = await _deleted(tx, shop, [row for row in old if row["order_id"] not in spared])
    if positions:
        await append(tx, _entry(command, positions, now))
    # Records are nearly, but not quite, in the order of their instants: a whole batch without an old one is the end.
    is_over = len(rows) < command.batch or not old
    return None if is_over else (rows[-1]["xid"], rows[-1]["id"]), len(positions)


async def _deleted(tx: Tx, storefront_id: UUID, rows: Sequence[asyncpg.Record]) -> list[int]:
    if not rows:
        return []
    columns = [[row[name] for row in rows] for name in ("order_id", "id", "position")]
    return sorted(row["position"] for row in await tx.raw.fetch(_DELETE, storefront_id, *columns))


def _entry(command: PruneRecords, positions: Sequence[int], now: datetime) -> Entry:
    return Entry(
        storefront_id=command.storefront_id,
        order_id=None,
        mode=None,
        kind=PRUNED,
        subject=wire("stf", command.storefront_id),
        actor=command.actor,
        at=now,
        data={"before": command.before.isoformat(), "records": len(positions), "positions": spans(positions)},
    )


_PRUNINGS: Final = "SELECT data::text AS data FROM records WHERE storefront_id = $1 AND kind = $2 ORDER BY xid, id"


async def pruned_spans(tx: Tx, storefront_id: UUID) -> list[tuple[int, int]]:
    """The positions whose records were pruned, as sorted stretches, each from its first to its last."""
    rows = await tx.raw.fetch(_PRUNINGS, storefront_id, PRUNED)
    return sorted(span for row in rows for span in spans_told(row["data"]))


def spans_told(data: str) -> list[tuple[int, int]]:
    """The stretches that such a record tells of; none if it is not one of ours any more."""
    try:
        return [(int(first), int(last)) for first, last in json.loads(data)["positions"]]
    except (KeyError, TypeError, ValueError):
        return []


def spans(positions: Iterable[int]) -> list[list[int]]:
    """Sorted positions as stretches, each from its first to its last."""
    found: list[list[int]] = []
    for position in positions:
        if found and found[-1][1] == position - 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return found
