"""Reading a snapshot: what must be there, and of which kind, or else the message cannot be made.

A refusal tells the place and the kind of the fault, never the value: it is the customer's.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tidings.templates.cleaning import clean
from tidings.templates.errors import Unrenderable

_CURRENCY = re.compile(r"[A-Z]{3}")

Node = Mapping[str, Any]
Amount = tuple[int, str]


def node(parent: Node, key: str, where: str) -> Node:
    """An object that must be there."""
    found = maybe_node(parent, key, where)
    if found is None:
        raise Unrenderable("is missing", f"{where}/{key}")
    return found


def maybe_node(parent: Node, key: str, where: str) -> Node | None:
    """An object, if it is there."""
    found = parent.get(key)
    # What json.loads makes is asked for first: an abstract class takes its time to say yes.
    if found is None or type(found) is dict or isinstance(found, Mapping):
        return found
    raise Unrenderable("is not an object", f"{where}/{key}")


def nodes(parent: Node, key: str, where: str) -> Sequence[Node]:
    """A list of objects; none if it is missing."""
    found = parent.get(key)
    if found is None:
        return ()
    if not (isinstance(found, list | tuple) and all(type(each) is dict or isinstance(each, Mapping) for each in found)):
        raise Unrenderable("is not a list of objects", f"{where}/{key}")
    return found


def text(parent: Node, key: str, where: str, limit: int = 200) -> str:
    """A text that must be there, cleaned."""
    found = maybe_text(parent, key, where, limit)
    if not found:
        raise Unrenderable("is missing", f"{where}/{key}")
    return found


def maybe_text(parent: Node, key: str, where: str, limit: int = 200) -> str:
    """A text, cleaned; empty if it is missing."""
    found = parent.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Unrenderable("is not text", f"{where}/{key}")
    return clean(found, limit)


def whole(parent: Node, key: str, where: str) -> int:
    """A whole number that must be there."""
    found = parent.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise Unrenderable("is not a whole number", f"{where}/{key}")
    return found


def money(parent: Node, key: str, where: str) -> Amount:
    """An amount of money that must be there: minor units and currency."""
    found = node(parent, key, where)
    currency = found.get("currency")
    if not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        raise Unrenderable("is not a currency", f"{where}/{key}/currency")
    return whole(found, "amount", f"{where}/{key}"), currency


def maybe_charge(parent: Node, key: str, where: str) -> Amount | None:
    """The price of a charge (`shipping`, `discount`), if there is one."""
    found = maybe_node(parent, key, where)
    return None if found is None or found.get("price") is None else money(found, "price", f"{where}/{key}")


def day(parent: Node, key: str, where: str) -> date:
    """A date that must be there."""
    try:
        return date.fromisoformat(parent[key])
    except (KeyError, TypeError, ValueError):
        raise Unrenderable("is not a date", f"{where}/{key}") from None


def maybe_instant(parent: Node, key: str, where: str) -> datetime | None:
    """A time with its offset, if it is there."""
    found = parent.get(key)
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise Unrenderable("is not a time with an offset", f"{where}/{key}")
    return at
