"""Seals what was committed: each record gets its number and its leaf, and the tree that they make a signed head.

Like the readers of the trail (read.py) it goes in the order of (writing transaction, id) and stops below the oldest
transaction that is still running: whatever commits later stands behind what is sealed, so nothing is ever missed, and
what a batch costs depends on what is new and not on what is stored. Nobody who writes records waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from tidings.kit.db import Begin, Tx
from tidings.records.canon import SEALED_COLUMNS, canonical, instant_text
from tidings.records.heads import MARK_BYTES, NO_HEAD, Head, SignedHead
from tidings.records.introduce import introduce_key
from tidings.records.merkle import Frontier, Node, leaf_hash
from tidings.records.signing import Signer

log = structlog.get_logger(__name__)

# Under one head. The loop is held up for a few milliseconds at most.
BATCH: Final = 400


@dataclass(frozen=True, slots=True)
class Sealed:
    """One batch."""

    records: int
    head: SignedHead | None
    # There is more, or may be.
    is_more: bool


_NOTHING: Final = Sealed(0, None, is_more=False)


@dataclass(frozen=True, slots=True)
class _Log:
    """How far a storefront's records are sealed."""

    storefront_id: UUID
    frontier: Frontier
    after: tuple[str, UUID]
    heads: int
    head: bytes
    key_id: str | None


@dataclass(frozen=True, slots=True)
class _Batch:
    """New records with their numbers and leaves, in their order."""

    rows: Sequence[asyncpg.Record]
    numbers: Sequence[int]
    leaves: Sequence[bytes]
    tiles: Sequence[tuple[Node, bytes]]

    @property
    def marks(self) -> bytes:
        return b"".join(leaf[:MARK_BYTES] for leaf in self.leaves)


# Which storefronts have something new. Each is looked up by ix_records_storefront_id_xid_id, and in its order, whatever
# the planner thinks of the tables: one who holds records for few would read all of a shop's by their primary key.
_NEWS: Final = """
WITH RECURSIVE shops AS (
    (SELECT storefront_id FROM records ORDER BY storefront_id LIMIT 1)
    UNION ALL
    SELECT (SELECT r.storefront_id FROM records r WHERE r.storefront_id > s.storefront_id
            ORDER BY r.storefront_id LIMIT 1)
    FROM shops s WHERE s.storefront_id IS NOT NULL
)
SELECT s.storefront_id FROM shops s LEFT JOIN record_logs l ON l.storefront_id = s.storefront_id
CROSS JOIN LATERAL (
    SELECT FROM records r
    WHERE r.storefront_id = s.storefront_id AND r.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND (r.xid, r.id) > (coalesce(l.xid, '0'::xid8), coalesce(l.record_id, '00000000-0000-0000-0000-000000000000'))
    ORDER BY r.xid, r.id LIMIT 1
) news
ORDER BY s.storefront_id
"""

_OPEN: Final = """
INSERT INTO record_logs (storefront_id, size, xid, record_id, frontier, heads, head)
VALUES ($1, 0, '0', '00000000-0000-0000-0000-000000000000', '', 0, $2) ON CONFLICT DO NOTHING
"""
# Somebody else who holds it is sealing at this moment.
_HOLD: Final = """
SELECT size, xid::text AS xid, record_id, frontier, heads, head, key_id FROM record_logs
WHERE storefront_id = $1 FOR UPDATE SKIP LOCKED
"""

# Along ix_records_storefront_id_xid_id.
_FRESH: Final = f"""
SELECT {SEALED_COLUMNS} FROM records r
WHERE r.storefront_id = $1 AND (r.xid, r.id) > ($2::text::xid8, $3) AND r.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY r.xid, r.id LIMIT $4
"""  # noqa: S608 - the columns are our own

# The last number of each order, along the unique key on numbers. By a statement of its own: the planner, who knows no
# record as young as these, expects one of them, and would join each of the batch to each of its orders.
_LAST: Final = """
SELECT o.id, (
    SELECT s.number FROM record_seals s WHERE s.storefront_id = $1 AND s.order_id = o.id ORDER BY s.number DESC LIMIT 1
) AS number
FROM unnest($2::uuid[]) AS o (id)
"""

_WRITE: Final = """
WITH seals AS (
    INSERT INTO record_seals (storefront_id, position, order_id, number, record_id, leaf)
    SELECT $1::uuid, u.* FROM unnest($2::int8[], $3::uuid[], $4::int4[], $5::uuid[], $6::bytea[]) AS u
), tiles AS (
    INSERT INTO record_tiles (storefront_id, level, place, node)
    SELECT $1::uuid, u.* FROM unnest($7::int2[], $8::int8[], $9::bytea[]) AS u
), head AS (
    INSERT INTO record_heads (storefront_id, sequence, size, root, previous, marks, sealed_at, key_id, signature)
    VALUES ($1, $10, $11, $12, $13, $14, $15, $16, $17)
)
UPDATE record_logs SET size = $11, heads = $10, key_id = $16, xid = $18::text::xid8, record_id = $19, frontier = $20,
                       head = $21
WHERE storefront_id = $1
"""


async def storefronts_with_news(begin: Begin) -> list[UUID]:
    """Storefronts with records that can be sealed. One statement, for most looks find nothing."""
    async with begin.statement() as connection:
        return [row["storefront_id"] for row in await connection.fetch(_NEWS)]


async def seal_batch(begin: Begin, storefront_id: UUID, signer: Signer, *, now: datetime, most: int = BATCH) -> Sealed:
    """Seal what is new of one storefront, so many records at most; nothing if somebody else is at it."""
    async with begin.across() as tx:
        held = await _held(tx, storefront_id)
        if held is None:
            return _NOTHING
        fresh = await tx.raw.fetch(_FRESH, storefront_id, *held.after, most)
        if not fresh:
            return _NOTHING
        is_new_key = held.key_id != signer.key.id
        if is_new_key:
            await introduce_key(tx, storefront_id, signer, held.key_id, now=now)
        batch = _made(held, fresh, await _last_numbers(tx, storefront_id, fresh))
        head = _signed(held, batch, signer, now)
        await _write(tx, held, batch, head, now)
    return Sealed(len(fresh), head, is_more=is_new_key or len(fresh) == most)


async def _held(tx: Tx, storefront_id: UUID) -> _Log | None:
    row = await tx.raw.fetchrow(_HOLD, storefront_id)
    if row is None:
        await tx.raw.execute(_OPEN, storefront_id, NO_HEAD)
        row = await tx.raw.fetchrow(_HOLD, storefront_id)
    if row is None:
        return None
    frontier = Frontier.of(row["size"], row["frontier"])
    after = (row["xid"], row["record_id"])
    return _Log(storefront_id, frontier, after, row["heads"], row["head"], row["key_id"])


async def _last_numbers(tx: Tx, storefront_id: UUID, fresh: Sequence[asyncpg.Record]) -> dict[UUID, int]:
    orders = {row["order_id"] for row in fresh}
    return {row["id"]: row["number"] or 0 for row in await tx.raw.fetch(_LAST, storefront_id, orders)}


def _made(held: _Log, rows: Sequence[asyncpg.Record], last: dict[UUID, int]) -> _Batch:
    numbers, leaves = [], []
    tiles: list[tuple[Node, bytes]] = []
    for row in rows:
        order_id = row["order_id"]
        number = last[order_id] = last[order_id] + 1
        leaf = leaf_hash(canonical(row, held.storefront_id, number))
        numbers.append(number)
        leaves.append(leaf)
        tiles += held.frontier.push(leaf)
    return _Batch(rows, numbers, leaves, tiles)


def _signed(held: _Log, batch: _Batch, signer: Signer, now: datetime) -> SignedHead:
    head = Head(
        storefront_id=held.storefront_id,
        sequence=held.heads + 1,
        size=held.frontier.size,
        root=held.frontier.root(),
        previous=held.head,
        marks=sha256(batch.marks).digest(),
        sealed_at=instant_text(now),
        key_id=signer.key.id,
    )
    return SignedHead(head, signer.key.sign(head.signed_bytes()), signer.key.public)


async def _write(tx: Tx, held: _Log, batch: _Batch, signed: SignedHead, now: datetime) -> None:
    head, rows = signed.head, batch.rows
    first = head.size - len(rows)
    await tx.raw.execute(
        _WRITE,
        held.storefront_id,
        list(range(first, head.size)),
        [row["order_id"] for row in rows],
        batch.numbers,
        [row["id"] for row in rows],
        batch.leaves,
        [node.level for node, _ in batch.tiles],
        [node.place for node, _ in batch.tiles],
        [kept for _, kept in batch.tiles],
        head.sequence,
        head.size,
        head.root,
        head.previous,
        batch.marks,
        now,
        head.key_id,
        signed.signature,
        rows[-1]["xid"],
        rows[-1]["id"],
        held.frontier.packed(),
        head.digest(),
    )
