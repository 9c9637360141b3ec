"""What wording may speak of: each section reads one part of the snapshot and gives names to what it finds there.

A milestone says which sections it needs; a section refuses when its part is missing. What may be long (goods, an
address) also goes into `lists`, from which brevity.py makes phrases as short as a channel asks for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from tidings.templates import reading
from tidings.templates.addresses import Address, address_lines
from tidings.templates.cleaning import clean, link
from tidings.templates.errors import Unrenderable
from tidings.templates.language import Language
from tidings.templates.reading import Amount, Node

MAX_NUMBER: Final = 500


@dataclass(frozen=True, slots=True)
class Material:
    """What a message is made of, and what has been made of it so far."""

    order: Node
    shipment: Node | None
    language: Language
    zone: ZoneInfo
    # The shop's own country, left out of short addresses.
    home: str | None
    # What the wording can name.
    names: dict[str, Any] = field(default_factory=dict)
    # What must be made to fit: by name, pairs of quantity and name, or words.
    lists: dict[str, Sequence[Any]] = field(default_factory=dict)
    # The order's addresses, by their names in it.
    addresses: dict[str, Address] = field(default_factory=dict)
    # Only an e-mail has room for tables: nobody else needs them made.
    has_tables: bool = True


def order(material: Material) -> None:
    """The order's number and time, and the customer's name."""
    given, language = material.order, material.language
    number = reading.text(given, "number", "/order", MAX_NUMBER).removeprefix("#")
    customer = reading.maybe_node(given, "customer", "/order") or {}
    name = language.isolated(reading.maybe_text(customer, "name", "/order/customer"))
    at = reading.maybe_instant(given, "placed_at", "/order") or reading.maybe_instant(given, "received_at", "/order")
    if at is None:
        raise Unrenderable("is missing", "/order/placed_at")
    material.names.update(
        number=language.isolated(number),
        name=name,
        greeting=language.label("greeting", name=name) if name else language.label("greeting_without_name"),
        placed=language.formats.instant(at, material.zone),
    )


def products(material: Material) -> None:
    """What was ordered, and what it costs."""
    given, language = material.order, material.language
    lines = reading.nodes(given, "lines", "/order")
    if not lines:
        raise Unrenderable("is missing", "/order/lines")
    total = reading.money(given, "total", "/order")
    read = [_line(line) for line in lines]
    material.lists["items"] = [(quantity, name) for quantity, name, _ in read]
    material.names["total"] = language.formats.money(*total)
    if material.has_tables:
        rows = [_row(line, bought, language) for line, bought in zip(lines, read, strict=True)]
        sum_of_lines = sum(quantity * price for quantity, _, (price, _) in read)
        material.names.update(
            products=rows,
            sums=_sums(given, sum_of_lines, total, language),
            tax_note=language.label("tax_excluded" if given.get("prices_include_tax") is False else "tax_included"),
        )


_Bought = tuple[int, str, Amount]


def _line(line: Node) -> _Bought:
    where = "/order/lines"
    return (
        reading.whole(line, "quantity", where),
        reading.text(line, "name", where),
        reading.money(line, "unit_price", where),
    )


def _row(line: Node, bought: _Bought, language: Language) -> tuple[int, str, str, str]:
    quantity, name, (price, currency) = bought
    amount = language.formats.money(quantity * price, currency)
    return quantity, language.isolated(name), _details(line, quantity, (price, currency), language), amount


def _details(line: Node, quantity: int, price: Amount, language: Language) -> str:
    sku = reading.maybe_text(line, "sku", "/order/lines", 100)
    parts = [language.label("item_number", sku=language.isolated(sku))] if sku else []
    if quantity != 1:
        parts.append(f"{language.formats.money(*price)} {language.label('each')}")
    return " · ".join(parts)


def _sums(given: Node, sum_of_lines: int, total: Amount, language: Language) -> list[tuple[str, str]]:
    """Shipping, discount and tax, where there are any."""
    rows, tax = [], total[0] - sum_of_lines
    shipping = reading.maybe_charge(given, "shipping", "/order")
    if shipping is not None:
        rows.append((language.label("shipping"), language.formats.money(*shipping)))
        tax -= shipping[0]
    discount = reading.maybe_charge(given, "discount", "/order")
    if discount is not None and discount[0]:
        reason = language.isolated(reading.maybe_text(given["discount"], "reason", "/order/discount"))
        title = language.label("discount") + (f" ({reason})" if reason else "")
        rows.append((title, language.formats.money(-discount[0], discount[1])))
        tax += discount[0]
    if given.get("prices_include_tax") is False and tax > 0:
        rows.append((language.label("tax"), language.formats.money(tax, total[1])))
    return rows


def addresses(material: Material) -> None:
    """Where it goes, and who pays."""
    language = material.language
    billing = material.addresses["billing_address"] = _address(material.order, "billing_address")
    shipping = material.addresses["shipping_address"] = _address(material.order, "shipping_address")
    shipping_lines = address_lines(shipping, language.formats.territory(shipping.country))
    material.lists["address"] = shipping_lines[:-1] if shipping.country == material.home else shipping_lines
    if not material.has_tables:
        return
    billing_lines = address_lines(billing, language.formats.territory(billing.country))
    material.names.update(
        shipping_lines=[language.isolated(line) for line in shipping_lines],
        billing_lines=[language.isolated(line) for line in billing_lines],
    )


def _address(given: Node, key: str) -> Address:
    """One of the order's addresses."""
    found, where = reading.node(given, key, "/order"), f"/order/{key}"
    return Address(
        name=reading.text(found, "name", where),
        line1=reading.text(found, "line1", where),
        line2=reading.maybe_text(found, "line2", where),
        city=reading.text(found, "city", where, 100),
        region=reading.maybe_text(found, "region", where, 100),
        postal_code=reading.maybe_text(found, "postal_code", where, 60),
        country=reading.text(found, "country", where, 60),
    )


def delivery(material: Material) -> None:
    """When it is expected."""
    first, last = expected(material.order)
    formats, labels = material.language.formats, material.language.labels
    material.names.update(
        delivery=formats.days(first, last),
        delivery_spoken=formats.spoken_days(first, last),
        delivery_short=formats.short_days(first, last, labels.sms_date),
    )


def expected(given: Node) -> tuple[date, date]:
    """The days between which the order is expected to arrive."""
    found, where = reading.node(given, "estimated_delivery", "/order"), "/order/estimated_delivery"
    first, last = reading.day(found, "from", where), reading.day(found, "to", where)
    return min(first, last), max(first, last)


def parcel(material: Material) -> None:
    """What is in the parcel, what is still to come, and how to follow it."""
    given, language, names = material.shipment, material.language, material.names
    if given is None:
        raise Unrenderable("is missing", "/shipment")
    contents, remaining = _goods(given, "lines"), _goods(given, "remaining")
    if not contents:
        raise Unrenderable("is missing", "/shipment/lines")
    carrier = language.isolated(reading.maybe_text(given, "carrier", "/shipment", 100))
    number = language.isolated(reading.maybe_text(given, "tracking_number", "/shipment", 100))
    tracking_url = link(clean(url, 2001) if isinstance(url := given.get("tracking_url"), str) else None)
    delivered_at = reading.maybe_instant(given, "delivered_at", "/shipment")
    material.lists.update(contents=contents, remaining=remaining)
    material.lists["track"] = [way for way in (tracking_url, names["order_url"], f"{carrier} {number}".strip()) if way]
    names.update(
        carrier=carrier,
        tracking_number=number,
        tracking_url=tracking_url,
        # True while something of the order is elsewhere: still with the shop, or in another parcel on its way.
        partial=not _is_whole(material.order, given),
        delivered=language.formats.instant(delivered_at, material.zone) if delivered_at else "",
        contents_rows=[(quantity, language.isolated(name)) for quantity, name in contents],
        remaining_rows=[(quantity, language.isolated(name)) for quantity, name in remaining],
    )


def _is_whole(given: Node, shipment: Node) -> bool:
    """Whether the customer has all of it with this parcel."""
    if given.get("status") in {"delivered", "completed"}:
        return True
    packed = {line.get("line"): line.get("quantity") for line in reading.nodes(shipment, "lines", "/shipment")}
    goods = [line for line in reading.nodes(given, "lines", "/order") if line.get("kind") != "service"]
    return all(packed.get(line.get("line")) == line.get("quantity") for line in goods)


def _goods(given: Node, key: str) -> list[tuple[int, str]]:
    where = f"/shipment/{key}"
    return [
        (reading.whole(line, "quantity", where), reading.text(line, "name", where))
        for line in reading.nodes(given, key, "/shipment")
    ]


def missing(material: Material) -> None:
    """What the order still lacks, as the customer would call it."""
    parts = reading.nodes(material.order, "missing", "/order")
    if not parts:
        raise Unrenderable("is missing", "/order/missing")
    pointers = [reading.text(part, "pointer", "/order/missing") for part in parts]
    material.lists["missing"] = list(dict.fromkeys(material.language.missing(pointer) for pointer in pointers))
    material.names["missing_rows"] = material.lists["missing"]


def contact(material: Material) -> None:
    """Where the customer can ask: without it a confirmation is not what the procedure demands."""
    if not material.names["contact"]:
        raise Unrenderable("has no e-mail address, phone number or page for inquiries", "storefront/contact")


SECTIONS: Final[Mapping[str, Callable[[Material], None]]] = {
    "order": order,
    "products": products,
    "addresses": addresses,
    "delivery": delivery,
    "parcel": parcel,
    "missing": missing,
    "contact": contact,
}
