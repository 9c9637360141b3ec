"""What stands beside the tree and must agree with it: kept nodes, numbers, the sealer's note, and no strangers."""

from typing import Final
from uuid import UUID

import asyncpg

from tidings.kit.db import Tx
from tidings.records.checking import Checking
from tidings.records.findings import MOST_TOLD, Finding, Findings
from tidings.records.heads import NO_HEAD, Head
from tidings.records.merkle import Node

_TILES: Final = """
SELECT level, place, node FROM record_tiles WHERE storefront_id = $1 AND (level, place) > ($2, $3)
ORDER BY level, place LIMIT 2000
"""

# Along the unique key on numbers. Seals are never deleted, so an order's numbers are 1, 2 … for ever.
_NUMBERS: Final = """
SELECT order_id, count(*) AS many, max(number) AS most, min(number) AS least FROM record_seals
WHERE storefront_id = $1 GROUP BY order_id HAVING max(number) <> count(*) OR min(number) <> 1
ORDER BY order_id LIMIT $2
"""

_LOG: Final = """
SELECT size, xid::text AS xid, record_id, frontier, heads, head FROM record_logs WHERE storefront_id = $1
"""

_SEALED_ROWS: Final = """
SELECT count(*) FROM records WHERE storefront_id = $1 AND (xid, id) <= ($2::text::xid8, $3)
"""
_STRANGERS: Final = """
SELECT r.order_id, r.id, r.kind FROM records r
WHERE r.storefront_id = $1 AND (r.xid, r.id) <= ($2::text::xid8, $3) AND NOT EXISTS (
    SELECT FROM record_seals s WHERE s.storefront_id = $1 AND s.record_id = r.id AND s.order_id = r.order_id
)
ORDER BY r.xid, r.id LIMIT $4
"""
# No transaction can have written what bears the number of one that has not begun.
_IMPOSSIBLE: Final = """
SELECT order_id, id, kind FROM records
WHERE storefront_id = $1 AND xid >= pg_snapshot_xmax(pg_current_snapshot()) ORDER BY xid, id LIMIT $2
"""
_WAITING: Final = """
SELECT count(*) FROM records WHERE storefront_id = $1 AND (xid, id) > ($2::text::xid8, $3)
"""


async def check_tiles(tx: Tx, storefront_id: UUID, checking: Checking) -> None:
    """Kept nodes are those that the leaves make, all of them and no others."""
    missing = dict(checking.tiles)
    after = (0, -1)
    while rows := await tx.raw.fetch(_TILES, storefront_id, *after):
        for row in rows:
            node = Node(row["level"], row["place"])
            made = missing.pop(node, None)
            if checking.is_known and made != row["node"]:
                checking.findings.add(_tile(node, "This node is not what its leaves make."))
        after = (rows[-1]["level"], rows[-1]["place"])
    for node in missing:
        checking.findings.add(_tile(node, "This node is missing."))


def _tile(node: Node, detail: str) -> Finding:
    first, last = node.place << node.level, ((node.place + 1) << node.level) - 1
    return Finding(kind="tile_changed", detail=detail, first=first, last=last)


async def check_numbers(tx: Tx, storefront_id: UUID, findings: Findings) -> None:
    """Every order's records are numbered from 1 on, without gaps."""
    for row in await tx.raw.fetch(_NUMBERS, storefront_id, MOST_TOLD):
        detail = f"This order has {row['many']} records, numbered from {row['least']} to {row['most']}."
        findings.add(Finding(kind="number_changed", detail=detail, order_id=row["order_id"]))


# A place in the order of (writing transaction, id).
Cursor = tuple[str, UUID]


async def check_log(tx: Tx, storefront_id: UUID, checking: Checking, last: Head | None) -> Cursor:
    """The sealer goes on from where it is; says where that is."""
    row = await tx.raw.fetchrow(_LOG, storefront_id)
    if row is None:
        if last is not None:
            checking.findings.add(Finding(kind="log_changed", detail="The note of how far sealing is has gone."))
        return checking.last
    head = (last.sequence, last.digest()) if last is not None else (0, NO_HEAD)
    is_right = row["size"] == checking.frontier.size and (row["heads"], row["head"]) == head
    if checking.is_known:
        is_right = is_right and row["frontier"] == checking.frontier.packed()
    if not checking.pruned:
        is_right = is_right and (row["xid"], row["record_id"]) == checking.last
    if is_right:
        return row["xid"], row["record_id"]
    detail = "The note of how far sealing is does not agree with the seals."
    checking.findings.add(Finding(kind="log_changed", detail=detail))
    return checking.last


async def check_strangers(tx: Tx, storefront_id: UUID, checking: Checking, cursor: Cursor) -> int:
    """Among the sealed records there are no others; says how many wait to be sealed."""
    there = await tx.raw.fetchval(_SEALED_ROWS, storefront_id, *cursor)
    # All that are sealed are there, and so many are there: then they are the same.
    if there != checking.present or checking.findings:
        for row in await tx.raw.fetch(_STRANGERS, storefront_id, *cursor, MOST_TOLD):
            checking.findings.add(_stranger(row, "It stands among the sealed records, and has no seal."))
    for row in await tx.raw.fetch(_IMPOSSIBLE, storefront_id, MOST_TOLD):
        checking.findings.add(_stranger(row, "No transaction can have written it."))
    waiting: int = await tx.raw.fetchval(_WAITING, storefront_id, *cursor)
    return waiting


def _stranger(row: asyncpg.Record, detail: str) -> Finding:
    return Finding(
        kind="record_inserted",
        detail=detail,
        record_id=row["id"],
        order_id=row["order_id"],
        record_kind=row["kind"],
    )
