"""The tables on a document: what was bought, the sums, the tax by rate, what is warranted."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from tidings.documents.wording import Wording
from tidings.templates.cleaning import clean

Json = Mapping[str, Any]

_NAME_LETTERS = 200


def goods_rows(given: Json, wording: Wording) -> dict[str, Any]:
    """What was bought, shipping and discount, in the prices that the customer saw."""
    currency, side = given["currency"], "gross" if given["prices_include_tax"] else "net"

    def money(amount: int) -> str:
        return wording.money(amount, currency)

    rows = [
        [
            _article(line),
            format_decimal(line["quantity"], locale=wording.formats.locale),
            money(line["unit_price"]["amount"]),
            percent(line["rate"], wording),
            money(line[side]),
        ]
        for line in given["lines"]
    ]
    if given["shipping"] is not None:
        rows.append(_charge(wording("shipping"), given["shipping"], side, money, wording))
    reason = clean(given["discount_reason"] or "")
    rows += [_charge([wording("discount"), reason], each, side, money, wording) for each in given["discounts"]]
    columns = [wording(name) for name in ("item", "quantity", "unit_price", "tax", "amount")]
    return {"columns": columns, "rows": rows}


def _article(line: Json) -> list[str]:
    return [clean(line["name"] or "", _NAME_LETTERS), clean(line["sku"] or "", _NAME_LETTERS)]


def _charge(name: str | list[str], part: Json, side: str, money: Callable[[int], str], wording: Wording) -> list[Any]:
    named = name if isinstance(name, list) else [name, ""]
    return [named, "", "", percent(part["rate"], wording), money(part[side])]


def credit_rows(given: Json, wording: Wording) -> dict[str, Any]:
    """What goes back, by rate."""
    rows = [
        [
            [wording("refund"), ""],
            percent(group["rate"], wording),
            wording.money(group["gross"], given["currency"]),
        ]
        for group in given["groups"]
    ]
    return {"columns": [wording(name) for name in ("item", "tax", "amount")], "rows": rows}


def sum_rows(sums: Json, currency: str, wording: Wording, total: str) -> list[list[str]]:
    """Net, tax and what both come to; the last stands out."""
    told = [(wording("total_net"), sums["net"]), (wording("total_tax"), sums["tax"]), (total, sums["gross"])]
    return [[label, wording.money(amount, currency)] for label, amount in told]


def tax_rows(given: Json, wording: Wording) -> dict[str, Any]:
    """Net, tax and gross by rate."""
    rows = [
        [
            percent(group["rate"], wording),
            *(wording.money(group[part], given["currency"]) for part in ("net", "tax", "gross")),
        ]
        for group in given["groups"]
    ]
    return {"columns": [wording(name) for name in ("tax_rate", "net", "tax", "gross")], "rows": rows}


def warranty_rows(given: Json, wording: Wording, day: Callable[[date, Wording], str]) -> dict[str, Any]:
    """What is warranted, for how long, and until when."""
    order = given["order"]
    since = datetime.fromisoformat(order["supplied_at"] or order["placed_at"])
    start = since.astimezone(ZoneInfo(order["time_zone"])).date()
    rows = [
        [
            _article(line),
            format_decimal(line["quantity"], locale=wording.formats.locale),
            months(line["warranty_months"], wording),
            day(after_months(start, line["warranty_months"]), wording),
        ]
        for line in given["lines"]
        if line["warranty_months"]
    ]
    return {"columns": [wording(name) for name in ("item", "quantity", "warranty_period", "until")], "rows": rows}


def months(count: int, wording: Wording) -> str:
    """So many months, in words: shortened where Babel has no long form for the language (it says `duration-month`)."""
    long, short = (
        format_unit(count, "duration-month", length=length, locale=wording.formats.locale)
        for length in ("long", "short")
    )
    return short if "duration" in long else long


def after_months(start: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that does not have it."""
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    return date(year, month, min(start.day, last))


def percent(rate: str, wording: Wording) -> str:
    """`0.055` → `5,5 %`."""
    return format_percent(Decimal(rate), "#,##0.####%", locale=wording.formats.locale)
