"""The check at receipt (SOP 4.1): is the order complete, and is it right? Every fault at once, each with its pointer.

Pure: bytes in, values out.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from tidings.kit.db import Mode
from tidings.kit.problem import Fault
from tidings.orders.accuracy import check_articles
from tidings.orders.arithmetic import check_money
from tidings.orders.checked import CheckedOrder
from tidings.orders.faults import fault_of, untold, without
from tidings.orders.findings import Findings
from tidings.orders.people import check_customer
from tidings.orders.places import check_address
from tidings.orders.ports import Article
from tidings.orders.ready import made_ready
from tidings.orders.schemas import Charge, EstimatedDelivery, PlaceLine, PlaceOrder
from tidings.storefronts.kinds import Channel
from tidings.storefronts.rules import ShopRules

# How far a storefront's clock may be ahead of ours.
LEEWAY: Final = timedelta(minutes=5)

_ORDER: Final = TypeAdapter(PlaceOrder)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and when an order is checked."""

    shop: ShopRules
    mode: Mode
    now: datetime
    # What the shop sells of what the order names; None: not checked.
    articles: Mapping[str, Article] | None = None


def check(
    raw: bytes,
    shop: ShopRules,
    mode: Mode,
    now: datetime,
    *,
    lenient: bool,
    articles: Mapping[str, Article] | None = None,
) -> CheckedOrder | list[Fault]:
    """Check an order as it was posted.

    Args:
        raw: the request's body.
        shop: what the storefront allows and falls back to.
        mode: `.test` addresses are good in test mode only.
        now: the time of receipt.
        lenient: an order that only lacks things becomes a CheckedOrder with `missing`; what is there must still be
            right.
        articles: those of its articles that the shop sells (accuracy.py); None: anything may be ordered.

    Returns:
        The order, ready to be stored, or everything that is wrong with it.
    """
    where = Circumstances(shop, mode, now, articles)
    try:
        order = _ORDER.validate_json(raw)
    except ValidationError as refusal:
        return _all_faults(raw, refusal, where, lenient=lenient)
    findings = Findings()
    channel = _judge(order, where, findings)
    if findings.wrong or (findings.missing and not lenient):
        return findings.wrong if lenient else findings.wrong + findings.missing
    return made_ready(order, shop, now, channel, findings.missing)


def _all_faults(raw: bytes, refusal: ValidationError, where: Circumstances, *, lenient: bool) -> list[Fault]:
    """What the parser refused, and what is wrong with the rest."""
    errors = refusal.errors(include_url=False, include_input=False)
    faults = [fault_of(error) for error in errors]
    rest = without(raw, errors)
    if rest is None:
        return faults
    findings = Findings()
    # Nothing that the parser takes offence at is left; if there were, the faults found so far would do.
    with suppress(ValidationError):
        _judge(_ORDER.validate_json(rest), where, findings)
    more = findings.wrong if lenient else findings.wrong + findings.missing
    return faults + untold(more, [fault.pointer for fault in faults])


def _judge(order: PlaceOrder, where: Circumstances, findings: Findings) -> Channel:
    """All rules that the parser cannot know; answers the channel that the customer is told by first."""
    address = order.shipping_address or order.billing_address
    country = address.country if address is not None else None
    channel = check_customer(order.customer, country, findings, test=where.mode == "test")
    check_address(order.billing_address, "/billing_address", findings)
    check_address(order.shipping_address, "/shipping_address", findings)
    _check_sales_channel(order.sales_channel, where.shop, findings)
    _check_lines(order.lines, findings)
    if where.articles is not None:
        check_articles(order.lines, where.articles, findings)
    _check_charge(order.shipping, "/shipping", findings)
    _check_charge(order.discount, "/discount", findings)
    check_money(order, findings)
    if order.payment is None:
        findings.lacks("/payment")
    elif not order.payment.method:
        findings.lacks("/payment/method")
    _check_dates(order, where, findings)
    return channel


def _check_sales_channel(channel: str | None, shop: ShopRules, findings: Findings) -> None:
    if not channel:
        findings.lacks("/sales_channel")
    elif channel not in shop.sales_channels:
        approved = ", ".join(sorted(shop.sales_channels))
        findings.refuse("/sales_channel", f"is not an approved sales channel of this storefront ({approved})")


def _check_lines(lines: list[PlaceLine] | None, findings: Findings) -> None:
    if not lines:
        findings.lacks("/lines", "is required: one line or more")
        return
    for n, line in enumerate(lines):
        if not (line.sku and line.name and line.quantity is not None and line.unit_price is not None):
            for name in ("sku", "name", "quantity", "unit_price"):
                if getattr(line, name) in {None, ""}:
                    findings.lacks(f"/lines/{n}/{name}")


def _check_charge(charge: Charge | None, pointer: str, findings: Findings) -> None:
    if charge is not None and charge.price is None:
        findings.lacks(f"{pointer}/price")


def _check_dates(order: PlaceOrder, where: Circumstances, findings: Findings) -> None:
    placed_at = order.placed_at
    if placed_at is not None and placed_at > where.now + LEEWAY:
        findings.refuse("/placed_at", "lies more than 5 minutes ahead")
    if order.estimated_delivery is None:
        findings.lacks("/estimated_delivery")
        return
    day = _day_of(placed_at, where)
    _check_estimate(order.estimated_delivery, findings)
    last = order.estimated_delivery.to
    if last is not None and last < day:
        findings.refuse("/estimated_delivery/to", f"lies before the day on which the order was placed ({day})")


def _day_of(placed_at: datetime | None, where: Circumstances) -> date:
    """The day on which the customer saw it placed: by the offset that came with the time, else by the shop's clock.

    A time in UTC says nothing of where its day was (RFC 9557), and ours are so: the earlier one of both counts.
    """
    at_the_shop = (placed_at or where.now).astimezone(ZoneInfo(where.shop.time_zone)).date()
    if placed_at is None:
        return at_the_shop
    return placed_at.date() if placed_at.utcoffset() else min(placed_at.date(), at_the_shop)


def _check_estimate(estimate: EstimatedDelivery, findings: Findings) -> None:
    first, last = estimate.from_, estimate.to
    if first is None:
        findings.lacks("/estimated_delivery/from")
    if last is None:
        findings.lacks("/estimated_delivery/to")
    if first is not None and last is not None and last < first:
        findings.refuse("/estimated_delivery/to", "lies before `from`")
