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
    """The whole of it, though only a part may be asked for."""
    language, where = material.language, f"{_WHERE}/changes"
    wanted = _wanted(material, changes, key)
    try:
        address = address_of({key: wanted}, key, where)
    except Unrenderable:
        lines = [reading.maybe_text(wanted, part, f"{where}/{key}") for part in wanted]
    else:
        lines = address_lines(address, language.formats.territory(address.country))
    return [language.isolated(line) for line in lines if line]


def _days(material: Material, changes: Node) -> list[str]:
    wanted = _wanted(material, changes, "estimated_delivery")
    try:
        return [material.language.formats.days(*expected({"estimated_delivery": wanted}, f"{_WHERE}/changes"))]
    except Unrenderable:
        return []


def _wanted(material: Material, changes: Node, key: str) -> Node:
    """A part of the order as it is to be: what is not named stays, what is null goes."""
    present = reading.maybe_node(material.order, key, "/order") or {}
    return {**present, **reading.node(changes, key, f"{_WHERE}/changes")}
