"""Proofs of a few hundred bytes, however large the trail: that a record is in it, and that a head continues another.

What they need is read by primary key: the leaves beside the record, and kept nodes further up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.problem import NotFound
from tidings.records.canon import SEALED_COLUMNS, canonical
from tidings.records.errors import HeadNotKnown, RecordNotSealed
from tidings.records.head_queries import head_of, last_head
from tidings.records.heads import SignedHead
from tidings.records.merkle import Node, Range, bridges, kept_below, root_of, siblings, whole_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """That one record is in the tree of one head."""

    # The record as it was sealed; None when it was pruned: whoever has a copy can prove that still.
    record: str | None
    leaf: bytes
    position: int
    path: Sequence[bytes]
    signed: SignedHead

    def told(self) -> dict[str, Any]:
        """As JSON has it, for check_record.py."""
        return {
            "record": self.record,
            "leaf": self.leaf.hex(),
            "position": self.position,
            "path": [node.hex() for node in self.path],
            "signed_head": self.signed.told(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProof:
    """That the tree of one head is the beginning of another's."""

    first: SignedHead
    second: SignedHead
    path: Sequence[bytes]

    def told(self) -> dict[str, Any]:
        """As JSON has it, for check_record.py."""
        return {
            "first": self.first.told(),
            "second": self.second.told(),
            "path": [node.hex() for node in self.path],
        }


# A record that concerns both modes is everybody's, and of one that was pruned nothing is told but its leaf.
_SEAL: Final = f"""
SELECT s.position, s.number, s.leaf, s.record_id, {SEALED_COLUMNS}
FROM record_seals s
LEFT JOIN records r ON r.storefront_id = s.storefront_id AND r.order_id = s.order_id AND r.id = s.record_id
WHERE s.storefront_id = $1 AND s.record_id = $2 AND (r.id IS NULL OR r.mode IS NULL OR r.mode = $3)
"""  # noqa: S608 - the columns are our own

# Records are not found by their id alone, but one that waits to be sealed is among the last few.
_WAITING: Final = """
SELECT EXISTS (
    SELECT FROM records r WHERE r.storefront_id = $1 AND r.id = $2 AND (r.mode IS NULL OR r.mode = $3)
      AND (r.xid, r.id) > (coalesce((SELECT xid FROM record_logs WHERE storefront_id = $1), '0'::xid8),
                           coalesce((SELECT record_id FROM record_logs WHERE storefront_id = $1),
                                    '00000000-0000-0000-0000-000000000000'))
)
"""

_LEAVES: Final = """
SELECT s.position AS place, s.leaf AS node FROM unnest($2::int8[], $3::int8[]) AS w (first, last)
JOIN record_seals s ON s.storefront_id = $1 AND s.position BETWEEN w.first AND w.last
"""
_TILES: Final = """
SELECT t.level, t.place, t.node FROM unnest($2::int2[], $3::int8[], $4::int8[]) AS w (level, first, last)
JOIN record_tiles t ON t.storefront_id = $1 AND t.level = w.level AND t.place BETWEEN w.first AND w.last
"""


async def prove_record(tx: Tx, record_id: UUID | None) -> InclusionProof:
    """The proof that a record of the transaction's storefront is under the newest head.

    Raises:
        NotFound: there is no such record for this storefront and mode.
        RecordNotSealed: it was written a moment ago.
    """
    scope = tx.scope
    row = None
    if record_id is not None:
        row = await tx.raw.fetchrow(_SEAL, scope.storefront_id, record_id, scope.mode)
    signed = await last_head(tx, scope.storefront_id)
    if row is None or signed is None:
        if record_id is not None and await tx.raw.fetchval(_WAITING, scope.storefront_id, record_id, scope.mode):
            raise RecordNotSealed(headers={"Retry-After": "5"})
        raise NotFound
    path = siblings(row["position"], signed.head.size)
    return InclusionProof(
        record=None if row["id"] is None else canonical(row, scope.storefront_id, row["number"]).decode(),
        leaf=row["leaf"],
        position=row["position"],
        path=await _roots(tx, path),
        signed=signed,
    )


async def prove_consistency(tx: Tx, first: int, second: int) -> ConsistencyProof:
    """The proof that one head's tree is the beginning of another's, by their numbers.

    Raises:
        HeadNotKnown: there is no such head, or they stand the other way round.
    """
    shop = tx.scope.storefront_id
    small, large = await head_of(tx, shop, first), await head_of(tx, shop, second)
    if small is None or large is None or small.head.size > large.head.size:
        raise HeadNotKnown
    path = await _roots(tx, bridges(small.head.size, large.head.size))
    return ConsistencyProof(first=small, second=large, path=path)


async def _roots(tx: Tx, ranges: Sequence[Range]) -> list[bytes]:
    """The roots of these ranges, out of what is kept."""
    kept = await _kept(tx, {kept_below(node) for each in ranges for node in whole_parts(each)})
    return [root_of(each, kept.__getitem__) for each in ranges]


async def _kept(tx: Tx, wanted: Iterable[tuple[int, int, int]]) -> dict[Node, bytes]:
    shop = tx.scope.storefront_id
    in_order = sorted(wanted)
    leaves = [(first, last) for level, first, last in in_order if level == 0]
    tiles = [each for each in in_order if each[0] > 0]
    found: dict[Node, bytes] = {}
    if leaves:
        for row in await tx.raw.fetch(_LEAVES, shop, *map(list, zip(*leaves, strict=True))):
            found[Node(0, row["place"])] = row["node"]
    if tiles:
        for row in await tx.raw.fetch(_TILES, shop, *map(list, zip(*tiles, strict=True))):
            found[Node(row["level"], row["place"])] = row["node"]
    return found
