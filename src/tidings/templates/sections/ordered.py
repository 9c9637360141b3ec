"""The order itself: its number, its customer, what it lacks; and whom to ask."""

from datetime import datetime

from tidings.templates import reading
from tidings.templates.errors import Unrenderable
from tidings.templates.reading import Node
from tidings.templates.sections.material import MAX_NUMBER, Material


def order(material: Material) -> None:
    """The order's number and time, and the customer's name."""
    given, language = material.order, material.language
    number = reading.text(given, "number", "/order", MAX_NUMBER).removeprefix("#")
    customer = reading.maybe_node(given, "customer", "/order") or {}
    name = language.isolated(reading.maybe_text(customer, "name", "/order/customer"))
    at = placed_at(given)
    material.names.update(
        number=language.isolated(number),
        name=name,
        greeting=language.label("greeting", name=name) if name else language.label("greeting_without_name"),
        placed=language.formats.instant(at, material.zone),
    )
    if not material.has_tables:
        material.names["placed_short"] = language.formats.short_instant(at, material.zone, language.labels.sms_date)


def placed_at(given: Node) -> datetime:
    """When it was placed; if the shop does not tell, when it was received."""
    at = reading.maybe_instant(given, "placed_at", "/order") or reading.maybe_instant(given, "received_at", "/order")
    if at is None:
        raise Unrenderable("is missing", "/order/placed_at")
    return at


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
