"""A request to modify or cancel: what is asked for, until when the customer hears, and how it was decided."""

from collections.abc import Iterator
from typing import Final

from tidings.templates import reading
from tidings.templates.addresses import address_lines
from tidings.templates.errors import Unrenderable
from tidings.templates.reading import Node
from tidings.templates.sections.material import Material
from tidings.templates.sections.places import address_of, addresses, delivery, expected
from tidings.templates.sections.products import products
from tidings.templates.sections.refund import money_back

_WHERE: Final = "/change"
_KINDS: Final = ("cancellation", "modification")
_OUTCOMES: Final = ("approved", "declined", "lapsed")
_TIMES: Final = "\N{MULTIPLICATION SIGN}"
# What a line is told by, where it is not named.
_KEYS: Final = ("line", "sku")
_ADDRESSES: Final = ("shipping_address", "billing_address")

# What is asked for: the name of a part of the order, and how it shall be from now on.
_Asked = tuple[str, list[str]]


def change(material: Material) -> None:
    """What is asked for."""
    given, language, names = material.part("change"), material.language, material.names
    kind = _one_of(given, "kind", _KINDS)
    changes = reading.maybe_node(given, "changes", _WHERE) or {}
    rows = list(_asked(material, changes))
    names.update(
        is_cancellation=kind == "cancellation",
        asked=language.formats.joined([title for title, _ in rows]),
        asked_rows=[(title[:1].upper() + title[1:], values) for title, values in rows],
    )
    material.texts["asked_reason"] = material.typed(given, "reason", _WHERE)
    material.tell_instant("answer_by", reading.maybe_instant(given, "notify_by", _WHERE))


def decision(material: Material) -> None:
    """What was decided, and what follows from it."""
    given, names = material.part("change"), material.names
    outcome = _one_of(given, "outcome", _OUTCOMES)
    names.update({f"is_{each}": each == outcome for each in _OUTCOMES})
    names["shows_order"] = outcome == "approved" and not names["is_cancellation"] and _is_shown(material)
    material.texts["decision_reason"] = material.typed(given, "decision_reason", _WHERE)
    money_back(material, reading.maybe_node(given, "refund", _WHERE), f"{_WHERE}/refund")


def _one_of(given: Node, key: str, known: tuple[str, ...]) -> str:
    found = reading.text(given, key, _WHERE)
    if found not in known:
        raise Unrenderable(f"is not one of {', '.join(known)}", f"{_WHERE}/{key}")
    return found


def _is_shown(material: Material) -> bool:
    """The order as it is now, unless it is not complete yet."""
    try:
        for section in (products, addresses, delivery):
            section(material)
    except Unrenderable:
        return False
    return True


def _asked(material: Material, changes: Node) -> Iterator[_Asked]:
    word = material.language.word
    if changes.get("lines"):
        yield word("part", "lines"), list(_lines(material, changes))
    for key in _ADDRESSES:
        if changes.get(key):
            yield word("part", key), _address(material, changes, key)
    if changes.get("estimated_delivery"):
        yield word("part", "estimated_delivery"), _days(material, changes)
    # No new e-mail address or phone number here: the request may not be the customer's.
    if changes.get("customer"):
        yield word("part", "customer"), []


def _lines(material: Material, changes: Node) -> Iterator[str]:
    """How many of what; what is not named here is named as the order names it."""
    where, ordered = f"{_WHERE}/changes/lines", reading.nodes(material.order, "lines", "/order")
    known = {(key, line[key]): line for line in ordered for key in _KEYS if line.get(key)}
    for line in reading.nodes(changes, "lines", f"{_WHERE}/changes"):
        same = next((known[key, line[key]] for key in _KEYS if (key, line.get(key)) in known), {})
        name = reading.maybe_text(line, "name", where) or reading.maybe_text(same, "name", "/order/lines")
        name = material.language.isolated(name or reading.maybe_text(line, "sku", where))
        quantity = line.get("quantity")
        if name:
            yield name if quantity is None else f"{quantity} {_TIMES} {name}"


def _address(material: Material, changes: Node, key: str) -> list[str]:
    language, where = material.language, f"{_WHERE}/changes"
    try:
        address = address_of(changes, key, where)
        lines = address_lines(address, language.formats.territory(address.country))
    except Unrenderable:
        # Only a part of it is to change.
        given = reading.node(changes, key, where)
        lines = [reading.maybe_text(given, part, f"{where}/{key}") for part in given]
    return [language.isolated(line) for line in lines if line]


def _days(material: Material, changes: Node) -> list[str]:
    try:
        return [material.language.formats.days(*expected(changes, f"{_WHERE}/changes"))]
    except Unrenderable:
        return []
