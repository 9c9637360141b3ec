"""Carries out an erasure, some orders to a transaction: whoever is killed in between goes on with the next ones."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import parse, wire
from tidings.kit.keeping import Whose
from tidings.orders.whose import Customer, Person, customers_of, orders_of_person
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.records.append import Entry, append
from tidings.retention.erase_orders import EraseOrders, count_beside, erase_orders, expire_exports_of, forget
from tidings.retention.held import digests_of, held_among, is_person_held, keep_holds_out
from tidings.retention.kept import kept_beside, kept_by_hold, kept_by_law
from tidings.retention.map import Map
from tidings.retention.person import spellings_of
from tidings.retention.states import ErasureStatus
from tidings.retention.tables import ErasureRow

_AT_ONCE: Final = 20


async def erase_person(errand: ErrandInHand, *, begin: Begin, clock: Clock, known: Map) -> None:
    """Erase the person, until nothing more can be erased; then end the errand.

    Args:
        errand: what is in hand.
        begin: opens transactions as tidings_retention.
        clock: tells the time.
        known: the map of personal data.
    """
    erasure_id, is_over = parse("ers", errand.subject), False
    while not is_over:
        async with begin(errand.scope) as tx:
            is_over = await erase_some(tx, erasure_id, known, now=clock.now())
            if is_over:
                await finish_errand(tx, errand)


async def erase_some(tx: Tx, erasure_id: UUID | None, known: Map, *, now: datetime) -> bool:
    """The next orders of an erasure; True when there are no more, and its outcome is written down."""
    await keep_holds_out(tx, tx.scope.storefront_id)
    row = await _held(tx, erasure_id)
    if row is None or row.status == "done":
        return True
    row.status, row.finished_at = "running", None
    order_ids = await _next(tx, row) or await _freed(tx, row)
    if order_ids:
        await _erase(tx, row, order_ids, known, now)
    else:
        await _finish(tx, row, known, now)
    await tx.flush()
    return row.status != "running"


async def _held(tx: Tx, erasure_id: UUID | None) -> ErasureRow | None:
    wanted = select(ErasureRow).where(ErasureRow.storefront_id == tx.scope.storefront_id, ErasureRow.id == erasure_id)
    return (await tx.session.scalars(wanted.with_for_update())).one_or_none()


async def _next(tx: Tx, row: ErasureRow) -> list[UUID]:
    """The orders that come next, and those that were passed over."""
    if row.order_id is not None:
        return [row.order_id] if row.after < row.order_id else []
    # What is ordered after the wish to be forgotten is something new.
    person, until = Person(**(row.person or {})), row.requested_at
    return await orders_of_person(tx, person, row.after, _AT_ONCE, until=until) or await _missed(tx, row, person)


async def _missed(tx: Tx, row: ErasureRow, person: Person) -> list[UUID]:
    """An id is made before its commit: an order may have come to stand among those that were looked at already.

    Of these, the erased ones have no address any more, and the held ones are known.
    """
    held, after = {UUID(hex=one) for one in row.held}, UUID(int=0)
    while stretch := await orders_of_person(tx, person, after, _AT_ONCE, until=row.requested_at):
        missed = [one for one in stretch if one not in held]
        if missed:
            return missed
        after = stretch[-1]
    return []


async def _freed(tx: Tx, row: ErasureRow) -> list[UUID]:
    """Then those that a hold had kept, and none keeps any more: it may have been released while others were erased."""
    kept = [UUID(hex=one) for one in row.held]
    if not kept:
        return []
    still = await held_among(tx, row.storefront_id, await customers_of(tx, row.storefront_id, kept))
    free = [one for one in kept if one not in still][:_AT_ONCE]
    names = {wire("ord", one) for one in free}
    row.held = [one.hex for one in kept if one not in free]
    row.kept = [one for one in row.kept if one["order_id"] not in names]
    return free


async def _erase(tx: Tx, row: ErasureRow, order_ids: list[UUID], known: Map, now: datetime) -> None:
    customers = await customers_of(tx, row.storefront_id, order_ids, lock=True)
    held = await held_among(tx, row.storefront_id, customers)
    free = [one for one in customers if one.order_id not in held]
    row.held = [*row.held, *(one.hex for one in sorted(held))]
    row.after = max(row.after, *order_ids)
    row.kept = [*row.kept, *kept_by_hold(held)]
    if free:
        await _erase_free(tx, row, free, known, now)


async def _erase_free(tx: Tx, row: ErasureRow, free: list[Customer], known: Map, now: datetime) -> None:
    written = await erase_orders(tx, EraseOrders(free, row.id, row.requested_by), known, now=now)
    row.kept = [*row.kept, *await kept_by_law(tx, [one.order_id for one in free], known)]
    more = {"orders": len(free), "messages": len(written.messages), "taken_back": written.taken_back}
    row.erased = {name: row.erased.get(name, 0) + count for name, count in more.items()}


async def _finish(tx: Tx, row: ErasureRow, known: Map, now: datetime) -> None:
    """What is known of the person beside any order goes, too; then say what came of it."""
    row.kept = [one for one in row.kept if one["order_id"] is not None]
    await _forget_beside(tx, row, known, now)
    row.status, row.finished_at = outcome_of(row), now
    await append(
        tx,
        Entry(
            storefront_id=row.storefront_id,
            order_id=None,
            mode=tx.scope.mode,
            kind=f"erasure.{row.status}",
            subject=wire("ers", row.id),
            actor="system",
            at=now,
            data={**row.erased, "kept": len(row.kept)},
        ),
    )


async def _forget_beside(tx: Tx, row: ErasureRow, known: Map, now: datetime) -> None:
    """Once nothing is held any more, nobody knows who was meant; until then it is known whom to go on with."""
    person = Person(**(row.person or {}))
    digests = digests_of(row.storefront_id, person.email, person.phone)
    if digests:
        whose = Whose(tx.scope, [], spellings_of(person))
        if await is_person_held(tx, row.storefront_id, row.mode, digests):
            count = await count_beside(tx, whose, known)
            row.kept = [*row.kept, *kept_beside(count)]
            if count or row.held:
                return
        else:
            await forget(tx, whose, known)
        await expire_exports_of(tx, digests, [], now=now)
    row.person = None


def outcome_of(row: ErasureRow) -> ErasureStatus:
    """How it stands, by what was erased and what was kept."""
    if not row.kept:
        return "done"
    # What the law keeps is of orders that were erased.
    return "partly" if row.erased.get("orders") else "refused"
