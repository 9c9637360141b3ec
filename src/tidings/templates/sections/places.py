"""Where the order goes, who pays, and when it is expected."""

from dataclasses import replace
from datetime import date

from tidings.templates import reading
from tidings.templates.addresses import Address, address_lines
from tidings.templates.reading import Node
from tidings.templates.sections.material import Material


def addresses(material: Material) -> None:
    """Where it goes, and who pays."""
    language = material.language
    billing = material.addresses["billing_address"] = address_of(material.order, "billing_address", "/order")
    shipping = material.addresses["shipping_address"] = address_of(material.order, "shipping_address", "/order")
    shipping_lines = address_lines(shipping, language.formats.territory(shipping.country))
    material.lists["address"] = shipping_lines[:-1] if shipping.country == material.home else shipping_lines
    if not material.has_tables:
        if billing == shipping:
            material.names["billing"] = language.label("same_address")
        else:
            material.lists["billing"] = _beside(billing, shipping, material)
        return
    billing_lines = address_lines(billing, language.formats.territory(billing.country))
    material.names.update(
        shipping_lines=[language.isolated(line) for line in shipping_lines],
        billing_lines=[language.isolated(line) for line in billing_lines],
    )


def _beside(billing: Address, shipping: Address, material: Material) -> list[str]:
    """The billing address beside the other: whoever is named there already is not named again."""
    if billing.name == shipping.name:
        billing = replace(billing, name="")
    lines = address_lines(billing, material.language.formats.territory(billing.country))
    return lines[:-1] if billing.country == material.home else lines


def address_of(given: Node, key: str, where: str) -> Address:
    """An address, its parts cleaned."""
    found, where = reading.node(given, key, where), f"{where}/{key}"
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
    first, last = expected(material.order, "/order")
    formats, labels = material.language.formats, material.language.labels
    material.names.update(
        delivery=formats.days(first, last),
        delivery_spoken=formats.spoken_days(first, last),
        delivery_short=formats.short_days(first, last, labels.sms_date),
    )


def expected(given: Node, where: str) -> tuple[date, date]:
    """The days between which the order is expected to arrive."""
    found, where = reading.node(given, "estimated_delivery", where), f"{where}/estimated_delivery"
    first, last = reading.day(found, "from", where), reading.day(found, "to", where)
    return min(first, last), max(first, last)
