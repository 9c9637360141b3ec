"""Carries out a modification: the order as it was asked for, checked as a whole, with its price and its stock."""

from typing import Final

from tidings.changes.collect import collect
from tidings.changes.load import HeldRequest, overtaken, setting_of
from tidings.changes.money import purse_of
from tidings.changes.outcome import News, owe_refund
from tidings.changes.patch import Patched, patched
from tidings.changes.refund import RequestRefund, request_refund
from tidings.changes.sent import BACK, faults_of_sent, lines_after
from tidings.issues.resolve import resolve_about
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.rows import json_text
from tidings.orders.load import About, By
from tidings.orders.payment import is_paid
from tidings.orders.rewrite import replace_lines, rewrite
from tidings.shipments.catch_up import catch_up
from tidings.shipments.load import Parcels, parcels_of
from tidings.shipments.part_with import part_with
from tidings.storefronts.kinds import Milestone
from tidings.storefronts.shopbook import shop_rules

# The message about the decision tells it.
_UNTOLD: Final[frozenset[Milestone]] = frozenset({"order_updated"})


async def modify(tx: Tx, held: HeldRequest, by: By, refund: int | None) -> list[News]:
    """Rewrite the order in hand, have the difference paid back or collected; says what else there is to tell.

    Args:
        tx: the transaction that holds the order.
        held: its policy allows it.
        by: who had the last word.
        refund: what goes back, if an approver has named it; minor units.

    Raises:
        ChangeOvertaken: the order cannot be so any more.
        RefundTooHigh: more is named than was paid.
    """
    order, row = held.order, held.row
    parcels, total = await parcels_of(tx, order), order.row.total
    what = await _what(tx, held, parcels, by)
    rewrite(tx, order, what.checked)
    if "lines" in what.parts:
        await _rewrite_lines(tx, parcels, what, by)
    order.touch(by.at)
    if is_paid(order.row, (await shop_rules(tx, row.storefront_id)).policy):
        row.price_change = order.row.total - total
    await _settle_up(tx, held, by, refund)
    return _news(held, what, total)


async def _what(tx: Tx, held: HeldRequest, parcels: Parcels, by: By) -> Patched:
    """The order as it will be; it may have become impossible since it was asked for."""
    found = patched(held.order, held.row.changes, await setting_of(tx, held.order, by.at))
    faults = found if isinstance(found, list) else faults_of_sent(parcels, found)
    if faults or isinstance(found, list):
        raise overtaken(held, "The order has changed since: it cannot be as it was asked for any more.", faults)
    return found


async def _rewrite_lines(tx: Tx, parcels: Parcels, what: Patched, by: By) -> None:
    order, lines = parcels.order, lines_after(parcels, what)
    part_with(parcels, {line["line"] for line in lines})
    await replace_lines(tx, order, lines)
    if order.row.status == "received":
        # What was checked is not what is wanted any more.
        order.row.stock_check = "pending"
    # What was added has not left yet, and what was taken out need not leave any more.
    catch_up(parcels, by.at)
    if order.row.on_hold and not parcels.to_ship():
        await _settle_returns(tx, parcels, by)


async def _settle_returns(tx: Tx, parcels: Parcels, by: By) -> None:
    """Nothing that came back is to be sent again, so nobody needs to see to that; the decision tells the customer."""
    for parcel in parcels.rows:
        if parcel.status == BACK:
            await resolve_about(tx, parcels.order, "delivery_exception", wire("shp", parcel.id), by)


async def _settle_up(tx: Tx, held: HeldRequest, by: By, named: int | None) -> None:
    """Pay back what was paid too much; have a person collect what was paid too little."""
    order, cheaper = held.order, max(0, -(held.row.price_change or 0))
    purse = await purse_of(tx, order)
    # No more than this change makes too much: what an approver kept back before is not for the next change to give.
    amount = min(cheaper, max(0, purse.left - order.row.total)) if named is None else named
    if amount:
        wanted = RequestRefund(amount, held.row.id, "modification")
        owe_refund(held, await request_refund(tx, order, wanted, by))
    await collect(tx, held, by, missing=order.row.total - purse.left)


def _news(held: HeldRequest, what: Patched, total: int) -> list[News]:
    names = [pointer.split("/")[1] for pointer in what.changed]
    # Where the customer is reached is news of its own (carry_out.py).
    changed = [name for name in dict.fromkeys(names) if name != "customer"]
    if held.order.row.total != total:
        changed.append("total")
    if not changed:
        return []
    about = About(
        data={"changed": changed, "change": held.wire_id},
        snapshot={"update": json_text({"changed": changed})},
        untold=_UNTOLD,
    )
    return [News("order.changed", about)]
