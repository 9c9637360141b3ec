"""Articles of the stock ledger as verbs take them in hand: locked in the order of their numbers, whoever locks them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tidings.kit.db import Tx
from tidings.kit.ids import new_id
from tidings.orders.load import By, HeldOrder
from tidings.verification.kinds import MovementKind
from tidings.verification.tables import ReservationRow, StockMovementRow, StockRow


@dataclass(frozen=True, slots=True)
class Why:
    """What moved an article, and when."""

    kind: MovementKind
    actor: str
    at: datetime
    order_id: UUID | None = None
    reason: str | None = None


async def articles_for_update(tx: Tx, skus: Iterable[str]) -> dict[str, StockRow]:
    """Those of these articles that the ledger knows, locked until the transaction ends.

    Everybody locks them in the same order, so that nobody waits in a circle; an order is locked before its articles.
    """
    wanted = sorted(set(skus))
    if not wanted:
        return {}
    await tx.flush()
    rows = await tx.session.scalars(
        select(StockRow)
        .where(
            StockRow.storefront_id == tx.scope.storefront_id,
            StockRow.mode == tx.scope.mode,
            StockRow.sku.in_(wanted),
        )
        .order_by(StockRow.sku)
        .with_for_update()
    )
    return {row.sku: row for row in rows}


async def article_for_update(tx: Tx, sku: str, now: datetime) -> StockRow:
    """One article, locked; one that the ledger did not know is there from now on, with nothing of it."""
    made = insert(StockRow).values(
        storefront_id=tx.scope.storefront_id,
        mode=tx.scope.mode,
        sku=sku,
        on_hand=0,
        reserved=0,
        is_discontinued=False,
        version=0,
        updated_at=now,
    )
    await tx.session.execute(made.on_conflict_do_nothing())
    return (await articles_for_update(tx, [sku]))[sku]


def touch(row: StockRow, at: datetime) -> None:
    """It was changed: a new version, so that an older ETag does not match any more."""
    row.version += 1
    row.updated_at = at


def move_stock(tx: Tx, row: StockRow, why: Why, *, on_hand: int = 0, reserved: int = 0) -> StockMovementRow:
    """Move so many of a locked article, and write the movement down: by what it did to `on_hand`, else `reserved`."""
    row.on_hand += on_hand
    row.reserved += reserved
    touch(row, why.at)
    moved = StockMovementRow(
        storefront_id=row.storefront_id,
        id=new_id(),
        mode=row.mode,
        sku=row.sku,
        kind=why.kind,
        quantity=reserved if why.kind in {"reserved", "released"} else on_hand,
        order_id=why.order_id,
        reason=why.reason,
        actor=why.actor,
        at=why.at,
    )
    tx.session.add(moved)
    return moved


async def reservations_of(tx: Tx, order: HeldOrder) -> dict[str, ReservationRow]:
    """What is promised to an order, by article; the order's own lock keeps others away."""
    await tx.flush()
    rows = await tx.session.scalars(
        select(ReservationRow).where(
            ReservationRow.storefront_id == order.row.storefront_id, ReservationRow.order_id == order.row.id
        )
    )
    return {row.sku: row for row in rows}


def new_reservation(tx: Tx, order: HeldOrder, sku: str, at: datetime) -> ReservationRow:
    """A promise of nothing yet."""
    row = ReservationRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        sku=sku,
        mode=order.row.mode,
        quantity=0,
        committed=0,
        status="held",
        updated_at=at,
    )
    tx.session.add(row)
    return row


def settle_reservation(row: ReservationRow, at: datetime) -> None:
    """Say where a promise stands by what is left of it."""
    if row.quantity:
        row.status = "held"
    else:
        row.status = "committed" if row.committed else "released"
    row.updated_at = at


def promise(tx: Tx, row: StockRow, held: ReservationRow, more: int, by: By) -> None:
    """Promise so many more of a locked article; less than none: so many less."""
    why = Why("reserved" if more > 0 else "released", by.actor, by.at, held.order_id)
    move_stock(tx, row, why, reserved=more)
    held.quantity += more
    settle_reservation(held, by.at)
