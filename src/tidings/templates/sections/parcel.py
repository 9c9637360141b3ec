"""One parcel: what is in it, how to follow it, and what its carrier says."""

from datetime import UTC, datetime
from typing import Final

from tidings.templates import reading
from tidings.templates.cleaning import clean, link
from tidings.templates.errors import Unrenderable
from tidings.templates.reading import Node
from tidings.templates.sections.material import Material

_EVER: Final = datetime.min.replace(tzinfo=UTC)


def parcel(material: Material) -> None:
    """What is in the parcel, what is still to come, and how to follow it."""
    given, language, names = material.part("shipment"), material.language, material.names
    contents, remaining = _goods(given, "lines"), _goods(given, "remaining")
    if not contents:
        raise Unrenderable("is missing", "/shipment/lines")
    carrier = language.isolated(reading.maybe_text(given, "carrier", "/shipment", 100))
    number = language.isolated(reading.maybe_text(given, "tracking_number", "/shipment", 100))
    tracking_url = link(clean(url, 2001) if isinstance(url := given.get("tracking_url"), str) else None)
    delivered_at = reading.maybe_instant(given, "delivered_at", "/shipment")
    material.lists.update(contents=contents, remaining=remaining)
    # By a carrier's name alone nobody finds a parcel.
    numbered = f"{carrier} {number}".strip() if number else ""
    material.lists["track"] = [way for way in (tracking_url, names["order_url"], numbered) if way]
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


def exception(material: Material) -> None:
    """What holds the parcel up, in the carrier's own words."""
    found = _latest(material, "exception")
    if found is None:
        raise Unrenderable("has no exception", "/shipment/events")
    _note(material, found)


def returned(material: Material) -> None:
    """Why the parcel came back, if the carrier says so.

    What was in it counts as not sent, but is not to come: what becomes of it is to be agreed upon.
    """
    material.lists["remaining"] = []
    material.names["remaining_rows"] = []
    _note(material, _latest(material, "returned") or {})


def _latest(material: Material, status: str) -> Node | None:
    events = reading.nodes(material.part("shipment"), "events", "/shipment")
    those = [event for event in events if event.get("status") == status]
    # Of two at the same time the later told.
    return max(reversed(those), key=_at, default=None)


def _at(event: Node) -> datetime:
    return reading.maybe_instant(event, "at", "/shipment/events") or _EVER


def _note(material: Material, event: Node) -> None:
    material.texts["note"] = material.typed(event, "note", "/shipment/events")
