"""What stood in the way of an order that was not stored: its key's first answer, or the holder of its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from tidings.kit.idempotency import KeyUsedOtherwise
from tidings.kit.ids import wire
from tidings.kit.scope import Scope
from tidings.orders.errors import NumberTaken, OrderNotStored


@dataclass(frozen=True, slots=True)
class Stopped:
    """An order that was not stored."""

    id: UUID
    scope: Scope
    number: str
    key: str | None
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The key was used before for the same request: what was answered then."""

    order_id: UUID
    status: int
    body: str


Met = FirstAnswer | KeyUsedOtherwise | NumberTaken | OrderNotStored

# By the primary key of the keys, the unique number, and the primary key of the events.
_MEETINGS = """
SELECT u.id, k.fingerprint, k.status, k.order_id AS first_id, (e.snapshot -> 'order')::text AS first,
       o.id AS holder_id
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS u (id, storefront_id, mode, number, key)
LEFT JOIN idempotency_keys k ON k.storefront_id = u.storefront_id AND k.mode = u.mode AND k.key = u.key
LEFT JOIN events e ON e.storefront_id = k.storefront_id AND e.order_id = k.order_id AND e.order_seq = 1
LEFT JOIN orders o ON o.storefront_id = u.storefront_id AND o.mode = u.mode AND o.number = u.number
"""


async def meetings(connection: asyncpg.Connection, stopped: Sequence[Stopped]) -> dict[UUID, Met]:
    """What each of these has met, by its id."""
    rows = await connection.fetch(
        _MEETINGS,
        [one.id for one in stopped],
        [one.scope.storefront_id for one in stopped],
        [one.scope.mode for one in stopped],
        [one.number for one in stopped],
        [one.key for one in stopped],
    )
    fingerprints = {one.id: one.fingerprint for one in stopped}
    return {row["id"]: _met(row, fingerprints[row["id"]]) for row in rows}


def _met(row: asyncpg.Record, fingerprint: bytes) -> Met:
    if row["fingerprint"] is not None:
        if row["fingerprint"] != fingerprint or row["first"] is None:
            return KeyUsedOtherwise()
        return FirstAnswer(row["first_id"], row["status"], row["first"])
    if row["holder_id"] is not None:
        return NumberTaken(order_id=wire("ord", row["holder_id"]))
    return OrderNotStored()
