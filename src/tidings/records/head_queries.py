"""Reads signed heads, and the keys that signed them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor, whole
from tidings.records.canon import told_at
from tidings.records.heads import Head, SignedHead

_COLUMNS: Final = f"""
h.sequence, h.size, h.root, h.previous, h.marks, {told_at("h.sealed_at")} AS sealed_at, h.key_id, h.signature,
coalesce(k.public, '') AS public
"""
_HEADS: Final = f"""
SELECT {_COLUMNS} FROM record_heads h
LEFT JOIN record_keys k ON k.storefront_id = h.storefront_id AND k.key_id = h.key_id
WHERE h.storefront_id = $1
"""  # noqa: S608 - the columns are our own
_KEYS: Final = f"""
SELECT key_id, public, replaces, endorsement, {told_at("introduced_at")} AS introduced_at FROM record_keys
WHERE storefront_id = $1 ORDER BY record_keys.introduced_at, key_id
"""  # noqa: S608 - the columns are our own

# The largest sequence is of four bytes.
_MOST: Final = (1 << 31) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key that has signed heads."""

    key_id: str
    public: bytes
    replaces: str | None
    endorsement: bytes | None
    introduced_at: str


async def keys_of(tx: Tx, storefront_id: UUID) -> dict[str, PublicKey]:
    """All keys of a storefront's heads, the oldest first."""
    return {row["key_id"]: PublicKey(**row) for row in await tx.raw.fetch(_KEYS, storefront_id)}


async def heads_after(tx: Tx, storefront_id: UUID, sequence: int, most: int) -> Sequence[tuple[SignedHead, bytes]]:
    """The next heads behind this one, each with its marks."""
    rows = await tx.raw.fetch(
        f"{_HEADS} AND h.sequence > $2 ORDER BY h.sequence LIMIT $3", storefront_id, sequence, most
    )
    return [(_signed(storefront_id, row), row["marks"]) for row in rows]


async def heads_before(tx: Tx, storefront_id: UUID, sequence: int, most: int) -> Sequence[SignedHead]:
    """The next heads before this one, downwards."""
    order = "AND h.sequence < $2 ORDER BY h.sequence DESC LIMIT $3"
    rows = await tx.raw.fetch(f"{_HEADS} {order}", storefront_id, sequence, most)
    return [_signed(storefront_id, row) for row in rows]


async def head_of(tx: Tx, storefront_id: UUID, sequence: int) -> SignedHead | None:
    """The head of this number."""
    if not 0 < sequence <= _MOST:
        return None
    row = await tx.raw.fetchrow(f"{_HEADS} AND h.sequence = $2", storefront_id, sequence)
    return None if row is None else _signed(storefront_id, row)


async def last_head(tx: Tx, storefront_id: UUID) -> SignedHead | None:
    """The newest head."""
    row = await tx.raw.fetchrow(f"{_HEADS} ORDER BY h.sequence DESC LIMIT 1", storefront_id)
    return None if row is None else _signed(storefront_id, row)


async def heads_page(tx: Tx, window: Window) -> Page[SignedHead]:
    """The heads of the transaction's storefront, the oldest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    after = window.key(whole) or (0,)
    found = await heads_after(tx, tx.scope.storefront_id, min(after[0], _MOST), window.limit + 1)
    items = [signed for signed, _ in found[: window.limit]]
    return Page(items, encode_cursor(items[-1].head.sequence) if len(found) > window.limit else None)


def _signed(storefront_id: UUID, row: asyncpg.Record) -> SignedHead:
    told: Mapping[str, Any] = row
    head = Head(
        storefront_id=storefront_id,
        sequence=told["sequence"],
        size=told["size"],
        root=told["root"],
        previous=told["previous"],
        marks=sha256(told["marks"]).digest(),
        sealed_at=told["sealed_at"],
        key_id=told["key_id"],
    )
    return SignedHead(head, told["signature"], told["public"])
