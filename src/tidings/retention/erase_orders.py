"""Takes the people out of some orders: a part of whoever erases or prunes, in a transaction as tidings_retention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tidings.deadlines.cancel import cancel_clocks_of
from tidings.delivery.take_back import Written, take_back
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.keeping import Whose, bound, erasing
from tidings.orders.whose import Customer
from tidings.records.append import Entry, append
from tidings.retention.held import digests_of
from tidings.retention.map import Map
from tidings.tasks.finish import drop_tasks_of_orders

_WHY: Final = "erased"

_NOTE: Final = """
INSERT INTO erased_orders (storefront_id, order_id, mode, erasure_id, erased_at)
SELECT $1, o, $3, $4, $5 FROM unnest($2::uuid[]) AS o ON CONFLICT DO NOTHING
"""

# An export of somebody who is erased is not handed out any more.
_EXPIRE: Final = """
UPDATE exports SET status = 'expired', content = NULL, person = NULL, expires_at = $5
WHERE storefront_id = $1 AND mode = $2 AND status <> 'expired' AND (digests ?| $3 OR order_ids ?| $4)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class EraseOrders:
    """Nobody is to know any more who ordered these."""

    # Locked, and not held.
    customers: Sequence[Customer]
    # Null when their time is over; then their addresses stay in use for the customer's newer orders.
    erasure_id: UUID | None
    actor: str


async def erase_orders(tx: Tx, command: EraseOrders, known: Map, *, now: datetime) -> Written:
    """Take back what was still to be said, and empty everything that says who it was."""
    ids = [one.order_id for one in command.customers]
    written = await take_back(tx, ids, actor=command.actor, now=now)
    await cancel_clocks_of(tx, ids, why=_WHY, actor=command.actor, now=now)
    await drop_tasks_of_orders(tx, ids, why=_WHY, now=now)
    of_theirs = {address for one in command.customers for address in one.addresses}
    addresses = sorted({*written.addresses, *of_theirs}) if command.erasure_id else []
    whose = Whose(
        scope=tx.scope,
        orders=ids,
        addresses=addresses,
        order_names=[wire("ord", one) for one in ids],
        message_names=[wire("msg", one) for one in written.messages],
    )
    await forget(tx, whose, known)
    scope = tx.scope
    digests = [each for one in command.customers for each in digests_of(scope.storefront_id, one.email, one.phone)]
    await expire_exports_of(tx, digests, whose.order_names, now=now)
    await tx.raw.execute(_NOTE, scope.storefront_id, ids, scope.mode, command.erasure_id, now)
    await append(tx, *(_entry(tx, one, command, now) for one in ids))
    return written


async def forget(tx: Tx, whose: Whose, known: Map) -> None:
    """Empty, or take away, all rows of a person that the map knows."""
    values = whose.values()
    for keeping in known:
        for statement in (keeping.before or None, erasing(keeping)):
            if statement is not None and keeping.theirs != "false":
                sql, arguments = bound(statement, values)
                await tx.raw.execute(sql, *arguments)


async def count_beside(tx: Tx, whose: Whose, known: Map) -> int:
    """So many rows would be emptied, or taken away, that belong to no order."""
    count = 0
    for keeping in known:
        if keeping.theirs != "false" and not keeping.has_orders and erasing(keeping) is not None:
            wanted = f"SELECT count(*) FROM {keeping.table.name} WHERE {keeping.theirs}"  # noqa: S608 - names and conditions of our own
            sql, arguments = bound(wanted, whose.values())
            count += await tx.raw.fetchval(sql, *arguments)
    return count


async def expire_exports_of(tx: Tx, digests: Sequence[str], order_names: Sequence[str], *, now: datetime) -> None:
    """Exports of these people, or with these orders, are deleted; one that is being made is not kept."""
    scope = tx.scope
    gone = await tx.raw.fetch(_EXPIRE, scope.storefront_id, scope.mode, digests, order_names, now)
    await append(
        tx,
        *(
            Entry(scope.storefront_id, None, scope.mode, "export.expired", wire("exp", row["id"]), "system", now,
                  {"why": _WHY})
            for row in gone
        ),
    )  # fmt: skip


def _entry(tx: Tx, order_id: UUID, command: EraseOrders, now: datetime) -> Entry:
    order, by = wire("ord", order_id), command.erasure_id
    data = {"erasure": wire("ers", by)} if by is not None else {"why": "its time was over"}
    return Entry(tx.scope.storefront_id, order_id, tx.scope.mode, "order.erased", order, command.actor, now, data)
