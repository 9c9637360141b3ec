"""Puts a document into words: everything that its layout prints, as texts in the customer's language and formats."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

from tidings.documents.kinds import DocumentKind
from tidings.documents.parties import contact_lines, legal_lines, postal_lines
from tidings.documents.rows import credit_rows, goods_rows, sum_rows, tax_rows, warranty_rows
from tidings.documents.wording import Wording, wording_for
from tidings.templates.cleaning import clean, color, ink_on
from tidings.templates.letterhead import DEFAULT_COLOR

Json = Mapping[str, Any]

# UNCL 5305 categories that must say why there is no tax.
EXEMPT: Final = ("AE", "K", "G", "E", "O")


def sheet_data(kind: DocumentKind, name: str, issued_at: datetime, locale: str, given: Json) -> dict[str, Any]:
    """What the layout of this kind names.

    Args:
        kind: of document.
        name: its number as printed.
        issued_at: the date it bears, in the shop's zone.
        locale: the customer's.
        given: its input (snapshot.py).
    """
    shop, order = given["shop"], given["order"]
    wording = wording_for(locale, shop["locale"])
    zone = ZoneInfo(shop["time_zone"])
    brand = color(shop["brand"].get("color"), DEFAULT_COLOR)
    data = {
        "lang": wording.locale.split("-")[0],
        "title": wording(kind),
        "name": name,
        "color": brand,
        "ink": ink_on(brand),
        "shop": clean(shop["name"], 100),
        "legal": legal_lines(shop, wording),
        "contact": contact_lines(shop),
        "date": day(issued_at.astimezone(zone).date(), wording),
        "facts": _facts(kind, name, issued_at.astimezone(zone).date(), given, wording),
        "banner": wording("test") if given["is_test"] else None,
        "intro": None,
        "to": {"label": wording("bill_to"), "lines": postal_lines(order["billing_address"], wording)},
        "ship": None,
        "page": wording("page"),
        "notes": [],
    }
    return data | _SPECIAL[kind](given, wording)


def day(value: date, wording: Wording) -> str:
    """`29. November 2026`: no day of the week, nothing abbreviated."""
    return format_date(value, "long", locale=wording.formats.locale)


def instant_day(text: str | None, zone: str, wording: Wording) -> str | None:
    """The day of an instant."""
    return None if text is None else day(datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).date(), wording)


def _facts(kind: DocumentKind, name: str, on: date, given: Json, wording: Wording) -> list[list[str]]:
    order = given["order"]
    zone = order["time_zone"]
    method = order["payment_method"] if kind in {"invoice", "receipt"} else None
    supplied = instant_day(order["supplied_at"], zone, wording) if kind in {"invoice", "warranty"} else None
    found = [
        ("number", name),
        ("date", day(on, wording)),
        ("supplied", supplied),
        ("order", clean(order["number"], 100)),
        ("order_date", instant_day(order["placed_at"], zone, wording)),
        ("payment", None if method is None else wording.method(clean(method, 60))),
        ("customer_vat", clean(order["vat_id"] or "", 60)),
    ]
    return [[wording(label), value] for label, value in found if value]


def _invoice(given: Json, wording: Wording) -> dict[str, Any]:
    notes = [wording("included" if given["prices_include_tax"] else "excluded"), *_exemptions(given, wording)]
    if given["replaces"] is not None:
        notes.insert(0, wording("replaces", name=given["replaces"]["name"]))
    order = given["order"]
    ship = postal_lines(order["shipping_address"], wording)
    return {
        "ship": {"label": wording("ship_to"), "lines": ship} if ship else None,
        "goods": goods_rows(given, wording),
        "sums": sum_rows(given["sums"], given["currency"], wording, wording("total")),
        "taxes": tax_rows(given, wording),
        "notes": notes,
    }


def _receipt(given: Json, wording: Wording) -> dict[str, Any]:
    return {
        "to": {
            "label": wording("received_from"),
            "lines": postal_lines(given["order"]["billing_address"], wording),
        },
        "intro": wording("received"),
        "goods": goods_rows(given, wording),
        "sums": sum_rows(given["sums"], given["currency"], wording, wording("total")),
        "taxes": tax_rows(given, wording),
        "notes": _replaced(given, wording),
    }


def _warranty(given: Json, wording: Wording) -> dict[str, Any]:
    return {
        "intro": wording("warranty_intro"),
        "goods": warranty_rows(given, wording, day),
        "notes": [*_replaced(given, wording), wording("warranty_rights")],
    }


def _credit_note(given: Json, wording: Wording) -> dict[str, Any]:
    invoice = given["credits"]
    on = instant_day(invoice["issued_at"], given["shop"]["time_zone"], wording) or ""
    reason = clean(given["reason"] or "", 300)
    return {
        "intro": wording("credit_of", name=invoice["name"], date=on),
        "goods": credit_rows(given, wording),
        "sums": sum_rows(given["sums"], given["currency"], wording, wording("credit_total")),
        "taxes": tax_rows(given, wording),
        "notes": [
            *([f"{wording('reason')}{wording('colon')} {reason}"] if reason else []),
            *_exemptions(given, wording),
        ],
    }


def _replaced(given: Json, wording: Wording) -> list[str]:
    replaced = given["replaces"]
    return [] if replaced is None else [wording("replaces", name=replaced["name"])]


def _exemptions(given: Json, wording: Wording) -> list[str]:
    there = {each["category"] for each in given["groups"]}
    return [wording(f"exempt_{category}") for category in EXEMPT if category in there]


_SPECIAL: Final[Mapping[DocumentKind, Callable[[Json, Wording], dict[str, Any]]]] = {
    "invoice": _invoice,
    "receipt": _receipt,
    "warranty": _warranty,
    "credit_note": _credit_note,
}
