"""One batch of retention: orders whose rows of one kind have been kept long enough lose them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import first_id_at
from tidings.kit.keeping import Keeping
from tidings.kit.kinds import Kind
from tidings.orders.whose import Customer, customers_of, orders_between
from tidings.retention.erase_orders import EraseOrders, erase_orders
from tidings.retention.held import held_among, keep_holds_out
from tidings.retention.map import Map, of_orders

AT_ONCE: Final = 200

# Rows that go before their orders do.
PARTS: Final[tuple[Kind, ...]] = ("content", "events", "communications")


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is pruned: everything older than these instants."""

    before: Mapping[Kind, datetime]
    known: Map
    actor: str
    now: datetime

    def tables(self, *kinds: Kind) -> list[Keeping]:
        """The tables of these kinds, those that point to others first."""
        return of_orders(self.known, *kinds)


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch."""

    # The last order that was looked at; None: there are no more.
    last: UUID | None = None
    # The first one that has rows of the kind left that are too young.
    first_left: UUID | None = None
    rows: int = 0
    orders: int = 0


async def prune_batch(tx: Tx, kind: Kind, after: UUID, pruning: Pruning) -> Batch:
    """Look at the next orders of the transaction's storefront and mode; those that are held stay as they are."""
    storefront_id = tx.scope.storefront_id
    await keep_holds_out(tx, storefront_id)
    ids = await orders_between(tx, after, first_id_at(pruning.before[kind]), AT_ONCE)
    if not ids:
        return Batch()
    customers = await customers_of(tx, storefront_id, ids, lock=True)
    held = await held_among(tx, storefront_id, customers)
    free = [one for one in customers if one.order_id not in held]
    if kind == "orders":
        rows, left = await _prune_orders(tx, free, pruning)
    else:
        rows, left = await _prune_rows(tx, kind, [one.order_id for one in free], pruning)
        if kind == "documents":
            await _drop_emptied(tx, free, pruning)
    return Batch(ids[-1], min(left, default=None), rows, len(free) - len(left))


async def _prune_rows(tx: Tx, kind: Kind, order_ids: Sequence[UUID], pruning: Pruning) -> tuple[int, set[UUID]]:
    """Delete what these orders have of a kind, all or nothing of each; which of them have something younger."""
    tables = pruning.tables(kind)
    young: set[UUID] = set()
    for keeping in tables:
        if keeping.age:
            sql = (
                f"SELECT DISTINCT {keeping.order} AS id FROM {keeping.table.name}"  # noqa: S608 - names of our own
                f" WHERE storefront_id = $1 AND {keeping.order} = ANY($2) AND {keeping.age} >= $3"
            )
            rows = await tx.raw.fetch(sql, tx.scope.storefront_id, order_ids, pruning.before[kind])
            young |= {row["id"] for row in rows}
    return await _delete(tx, tables, sorted(set(order_ids) - young)), young


async def _delete(tx: Tx, tables: Sequence[Keeping], order_ids: Sequence[UUID]) -> int:
    count = 0
    if order_ids:
        for keeping in tables:
            sql = f"DELETE FROM {keeping.table.name} WHERE storefront_id = $1 AND {keeping.order} = ANY($2)"  # noqa: S608 - names of our own
            count += _counted(await tx.raw.execute(sql, tx.scope.storefront_id, order_ids))
    return count


def _counted(tag: str) -> int:
    return int(tag.rsplit(maxsplit=1)[-1])


async def _prune_orders(tx: Tx, free: Sequence[Customer], pruning: Pruning) -> tuple[int, set[UUID]]:
    """Delete orders of which nothing else must be kept; of those with documents only who it was is taken out."""
    left = {one.order_id for one in free if one.updated_at >= pruning.before["orders"]}
    ripe = [one.order_id for one in free if one.order_id not in left]
    rows = 0
    for kind in PARTS:
        # What was written about an old order since its own turn came.
        count, young = await _prune_rows(tx, kind, ripe, pruning)
        rows, left = rows + count, left | young
    ripe = [one for one in ripe if one not in left]
    documented = await _with_rows(tx, pruning.tables("documents"), ripe)
    rows += await _delete(tx, pruning.tables("orders"), [one for one in ripe if one not in documented])
    fresh = documented - await _erased_among(tx, documented)
    if fresh:
        of_these = [one for one in free if one.order_id in fresh]
        await erase_orders(tx, EraseOrders(of_these, None, pruning.actor), pruning.known, now=pruning.now)
    return rows, left


async def _drop_emptied(tx: Tx, free: Sequence[Customer], pruning: Pruning) -> None:
    """What was left of old orders for the sake of their documents goes with these."""
    old = [one.order_id for one in free if one.updated_at < pruning.before["orders"]]
    erased = await _erased_among(tx, old)
    kept = await _with_rows(tx, pruning.tables("documents", *PARTS), sorted(erased))
    await _delete(tx, pruning.tables("orders"), sorted(erased - kept))


async def _with_rows(tx: Tx, tables: Sequence[Keeping], order_ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for keeping in tables:
        sql = f"SELECT DISTINCT {keeping.order} AS id FROM {keeping.table.name}"  # noqa: S608 - names of our own
        where = f" WHERE storefront_id = $1 AND {keeping.order} = ANY($2)"
        rows = await tx.raw.fetch(sql + where, tx.scope.storefront_id, order_ids)
        found |= {row["id"] for row in rows}
    return found


async def _erased_among(tx: Tx, order_ids: Collection[UUID]) -> set[UUID]:
    sql = "SELECT order_id FROM erased_orders WHERE storefront_id = $1 AND order_id = ANY($2) ORDER BY order_id"
    return {row["order_id"] for row in await tx.raw.fetch(sql, tx.scope.storefront_id, sorted(order_ids))}
