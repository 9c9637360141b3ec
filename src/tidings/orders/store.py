"""The hot statement: many orders, with all that follows from each, in one round trip and one transaction.

An order is written whole or not at all: everything else in the statement hangs on the order's own row, and that on
its Idempotency-Key if it came with one. Rows are sorted by storefront, number and key, so that two processes that
store the same orders wait for each other in the same order and cannot deadlock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import asyncpg

from tidings.kit.idempotency import IdempotencyKeyRow
from tidings.kit.rows import Row, Rows, Shape, arguments, insert_part, shape_of
from tidings.orders.tables import OrderLineRow, OrderRow

ORDERS: Final = OrderRow.__table__
LINES: Final = OrderLineRow.__table__
KEYS: Final = IdempotencyKeyRow.__table__

# A key is taken only if the number is free: what is refused leaves no key behind.
_KEY_WHERE = """
WHERE NOT EXISTS (
    SELECT FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) AS n (storefront_id, mode, number, id)
    JOIN orders o ON o.storefront_id = n.storefront_id AND o.mode = n.mode AND o.number = n.number
    WHERE n.id = u.order_id
)
"""
_ORDER_WHERE = "WHERE u.id <> ALL ($5::uuid[]) OR u.id IN (SELECT order_id FROM keyed)"
_REST_WHERE = "WHERE u.order_id IN (SELECT id FROM placed)"

# A number that was taken between the key's look and the order's insert would leave a key without its order: the
# division fails, everything is rolled back, and the orders are tried again one by one.
_ENDING = """
SELECT (SELECT array_agg(id) FROM placed) AS placed,
       1 / (CASE WHEN EXISTS (SELECT FROM keyed WHERE order_id NOT IN (SELECT id FROM placed)) THEN 0 ELSE 1 END)
           AS whole
"""

HALF_KEYED = asyncpg.DivisionByZeroError


@dataclass(frozen=True, slots=True)
class Storing:
    """The rows of one order."""

    order: Row
    lines: Sequence[Row]
    # The row of its Idempotency-Key, if it came with one.
    key: Row | None


async def store_orders(connection: asyncpg.Connection, storings: Sequence[Storing], rest: Rows) -> set[UUID]:
    """Store these orders; one statement, which is its own transaction.

    Args:
        connection: outside of any transaction, or inside one that is retried as a whole.
        storings: different numbers and keys, each in its own storefront and mode.
        rest: everything that follows from their being placed (milestones.follow.consequences); of it, only what
            belongs to the stored ones is written.

    Returns:
        The ids of those that were stored; the others' number or key is taken.

    Raises:
        HALF_KEYED: rarely, two processes raced for a number: store them one by one.
    """
    in_order = sorted(storings, key=_lock_order)
    rows = Rows()
    rows.add(ORDERS, *(storing.order for storing in in_order))
    rows.add(LINES, *(line for storing in in_order for line in storing.lines))
    rows.merge(rest)
    keys = [storing.key for storing in in_order if storing.key is not None]
    shape = shape_of(rows)
    found = await connection.fetchrow(
        _statement(shape), *_numbers(in_order), *_key_arguments(keys), *arguments(rows, shape)
    )
    return set(found["placed"] or ())


def _lock_order(storing: Storing) -> tuple[Any, ...]:
    order = storing.order
    return (order["storefront_id"], order["mode"], order["number"], storing.key["key"] if storing.key else "")


def _numbers(storings: Sequence[Storing]) -> list[list[Any]]:
    columns = [[storing.order[name] for storing in storings] for name in ("storefront_id", "mode", "number", "id")]
    return [*columns, [storing.order["id"] for storing in storings if storing.key is not None]]


_KEY_COLUMNS: Final = ("storefront_id", "mode", "key", "fingerprint", "status", "order_id", "created_at")


def _key_arguments(keys: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    return [[key[column] for key in keys] for column in _KEY_COLUMNS]


@lru_cache(maxsize=64)
def _statement(shape: Shape) -> str:
    """The whole statement for rows of this shape; there are few shapes, so few prepared statements."""
    first = 6
    parts = [f"keyed AS ({_part(KEYS, _KEY_COLUMNS, first, _KEY_WHERE, 'ON CONFLICT DO NOTHING RETURNING order_id')})"]
    first += len(_KEY_COLUMNS)
    for number, (table, columns, tail) in enumerate(shape):
        if table is ORDERS:
            parts.append(
                f"placed AS ({_part(table, columns, first, _ORDER_WHERE, 'ON CONFLICT DO NOTHING RETURNING id')})"
            )
        else:
            parts.append(f"rest{number} AS ({_part(table, columns, first, _REST_WHERE, tail)})")
        first += len(columns)
    return f"WITH {', '.join(parts)} {_ENDING}"


def _part(table: Any, columns: tuple[str, ...], first: int, where: str, tail: str) -> str:
    return insert_part(table, columns, first, where=where, tail=tail)
