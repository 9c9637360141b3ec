"""Whose orders they are, for holds, exports, erasure and retention: found by index, and locked by their ids."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx


@dataclass(frozen=True, slots=True)
class Customer:
    """An order, as far as it says who ordered."""

    order_id: UUID
    mode: str
    number: str
    email: str | None
    phone: str | None
    # Tokens of devices.
    devices: Sequence[str]
    status: str
    updated_at: datetime

    @property
    def addresses(self) -> list[str]:
        """Where the customer is reached, in the one spelling in which addresses are compared."""
        email = [] if self.email is None else [self.email.lower()]
        phone = [] if self.phone is None else [self.phone]
        return [*email, *phone, *self.devices]


# Along ix_orders_customer_email, ix_orders_customer_phone, and the primary key.
_OF_PERSON = """
SELECT id FROM (
    (SELECT id FROM orders WHERE storefront_id = $1 AND mode = $2 AND lower(customer_email) = $3 AND id > $5
       AND ($7::timestamptz IS NULL OR received_at <= $7) ORDER BY id LIMIT $6)
    UNION
    (SELECT id FROM orders WHERE storefront_id = $1 AND mode = $2 AND customer_phone = $4 AND id > $5
       AND ($7::timestamptz IS NULL OR received_at <= $7) ORDER BY id LIMIT $6)
) AS o ORDER BY id LIMIT $6
"""

_BETWEEN = """
SELECT id FROM orders WHERE storefront_id = $1 AND mode = $2 AND id > $3 AND id < $4 ORDER BY id LIMIT $5
"""

_CUSTOMERS = """
SELECT id, mode, number, customer_email, customer_phone, status, updated_at,
       ARRAY(SELECT d ->> 'token' FROM jsonb_array_elements(
           CASE jsonb_typeof(details -> 'customer' -> 'devices') WHEN 'array' THEN details -> 'customer' -> 'devices'
           ELSE '[]' END) AS d) AS devices
FROM orders WHERE storefront_id = $1 AND id = ANY($2) ORDER BY id
"""

# Along primary keys, and uq_attempts_storefront_id_order_id_message_id_number. Erased addresses are empty.
_REACHED = """
SELECT order_id, lower(address) AS address FROM (
    SELECT order_id, recipient FROM messages WHERE storefront_id = $1 AND order_id = ANY($2)
    UNION SELECT order_id, recipient FROM attempts WHERE storefront_id = $1 AND order_id = ANY($2)
    UNION SELECT order_id, unnest(ARRAY[snapshot #>> '{order,customer,email}', snapshot #>> '{order,customer,phone}'])
          FROM events WHERE storefront_id = $1 AND order_id = ANY($2)
) AS r (order_id, address) WHERE address <> '' ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by an address or two."""

    email: str | None = None
    # E.164.
    phone: str | None = None


async def orders_of_person(
    tx: Tx, person: Person, after: UUID, limit: int, *, until: datetime | None = None
) -> list[UUID]:
    """A stretch of the person's orders of the transaction's storefront and mode, the oldest first.

    Args:
        tx: the transaction.
        person: whose.
        after: the last one of the stretch before.
        limit: so many at most.
        until: only those that had been received by then.
    """
    scope, email = tx.scope, None if person.email is None else person.email.lower()
    rows = await tx.raw.fetch(_OF_PERSON, scope.storefront_id, scope.mode, email, person.phone, after, limit, until)
    return [row["id"] for row in rows]


async def orders_between(tx: Tx, after: UUID, before: UUID, limit: int) -> list[UUID]:
    """A stretch of the orders of the transaction's storefront and mode: an id is a time."""
    scope = tx.scope
    rows = await tx.raw.fetch(_BETWEEN, scope.storefront_id, scope.mode, after, before, limit)
    return [row["id"] for row in rows]


async def customers_of(
    tx: Tx, storefront_id: UUID, order_ids: Collection[UUID], *, lock: bool = False
) -> list[Customer]:
    """Who ordered these; those that are gone are left out. Locked until the transaction ends, if wanted."""
    sql = f"{_CUSTOMERS} FOR UPDATE" if lock else _CUSTOMERS
    await tx.flush()
    return [
        Customer(
            order_id=row["id"],
            mode=row["mode"],
            number=row["number"],
            email=row["customer_email"],
            phone=row["customer_phone"],
            devices=[token for token in row["devices"] if token],
            status=row["status"],
            updated_at=row["updated_at"],
        )
        for row in await tx.raw.fetch(sql, storefront_id, sorted(order_ids))
    ]


async def ever_reached(tx: Tx, storefront_id: UUID, order_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Where the customers of these orders are or were reached, whatever the orders say now; all in lower case."""
    await tx.flush()
    found: dict[UUID, list[str]] = {}
    for row in await tx.raw.fetch(_REACHED, storefront_id, sorted(order_ids)):
        found.setdefault(row["order_id"], []).append(row["address"])
    return found
