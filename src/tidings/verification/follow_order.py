"""Keeps the ledger with an order that moves on: what left with a parcel is gone, what will not leave is free again."""

from collections import Counter
from datetime import timedelta
from typing import Final

from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.problem import NotFound
from tidings.orders.load import By, HeldOrder, order_for_update
from tidings.outbox.fetch import ErrandInHand, finish_errand, put_off_errand
from tidings.outbox.hurry import hurry_errand_of
from tidings.verification.commit import commit_goods
from tidings.verification.conclude import MACHINE
from tidings.verification.release import release_goods

_AFTER_PARCELS: Final = timedelta(seconds=1)


async def commit_stock(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Carry out `commit_stock`: a parcel has left, and what is in it.

    Raises:
        LeaseLost: somebody else has the errand by now.
    """
    async with begin(errand.scope) as tx:
        order = await _order(tx, errand)
        if order is not None:
            by = By(MACHINE, clock.now())
            await commit_goods(tx, order, _gone(errand, order), errand.subject, by)
        await finish_errand(tx, errand)


async def release_stock(errand: ErrandInHand, *, begin: Begin, clock: Clock) -> None:
    """Carry out `release_stock`: the order was cancelled.

    Not before its parcels are told: what has left with one would be free for somebody else.

    Raises:
        LeaseLost: somebody else has the errand by now.
    """
    now = clock.now()
    async with begin(errand.scope) as tx:
        order = await _order(tx, errand)
        if order is not None and await hurry_errand_of(tx, order.row.id, "commit_stock", now):
            await put_off_errand(tx, errand, now + _AFTER_PARCELS, afresh=True)
            return
        if order is not None:
            await release_goods(tx, order, By(MACHINE, now))
        await finish_errand(tx, errand)


async def _order(tx: Tx, errand: ErrandInHand) -> HeldOrder | None:
    try:
        return await order_for_update(tx, errand.order_id)
    except NotFound:
        return None


def _gone(errand: ErrandInHand, order: HeldOrder) -> Counter[str]:
    """How many of which article are in the parcel; services are in none."""
    services = {line.sku for line in order.lines if line.kind == "service"}
    products = {line.sku for line in order.lines if line.kind == "product"}
    gone: Counter[str] = Counter()
    for entry in errand.data["goods"]:
        if entry["sku"] not in services - products:
            gone[entry["sku"]] += entry["quantity"]
    return gone
