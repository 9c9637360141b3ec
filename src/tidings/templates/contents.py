"""What a message must tell, and whether it does: the procedure's demands, held against what was rendered."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal

from tidings.templates.letterhead import spelled
from tidings.templates.sections.material import Material
from tidings.templates.sections.ordered import placed_at
from tidings.templates.segments import untyped

# What keeps something of the other direction together.
_FENCES: Final = re.compile("[\u2068\u2069]")

_Needles = Callable[[Material], Iterable[str]]

# Sentences that somebody typed, or ours in their place.
_TYPED: Final = (
    "issue_details",
    "next_steps",
    "resolution",
    "note",
    "asked_reason",
    "decision_reason",
    "cancel_reason",
)


def _typed(name: str) -> _Needles:
    return lambda material: [material.language.isolated(material.texts[name])]


def _rows(material: Material) -> list[str]:
    return [part for _, *row in material.names["products"] for part in row if part]


def _order(material: Material) -> list[str]:
    names = material.names
    return [*_rows(material), *names["shipping_lines"], *names["billing_lines"], names["delivery"]]


# What must be found of each demand in an e-mail. Everything, in the customer's own language and zone.
_WHOLLY: Final[Mapping[str, _Needles]] = {
    "number": lambda material: [material.names["number"]],
    "placed": lambda material: [material.names["placed"]],
    "products": _rows,
    "shipping_address": lambda material: material.names["shipping_lines"],
    "billing_address": lambda material: material.names["billing_lines"],
    "delivery": lambda material: [material.names["delivery"]],
    "contact": lambda material: [material.names[f"shop_{way}"] for way in ("email", "phone", "help_url", "hours")],
    "contents": lambda material: [name for _, name in material.names["contents_rows"]],
    "remaining": lambda material: [name for _, name in material.names["remaining_rows"]],
    "track": lambda material: [material.names["tracking_url"]],
    "delivered": lambda material: [material.names["delivered"]],
    "missing": lambda material: material.names["missing_rows"],
    "changed": lambda material: material.names["changed_rows"],
    "asked": lambda material: [part for title, values in material.names["asked_rows"] for part in (title, *values)],
    "answer_by": lambda material: [material.names["answer_by"]],
    "refund": lambda material: [material.names["refund"], material.names["refund_within"]],
    "refund_details": lambda material: [material.names["refund_method"], material.names["refund_reference"]],
    "documents": lambda material: [material.names["documents"]],
    "promise": lambda material: [material.names["promise"]],
    "due": lambda material: [material.names["due"]],
    "owner": lambda material: [material.names["owner"]],
    "feedback": lambda material: [material.names["feedback_url"]],
    "known_products": lambda material: _rows(material) if material.names["shows_products"] else (),
    "order_as_it_is": lambda material: _order(material) if material.names["shows_order"] else (),
    **{name: _typed(name) for name in _TYPED},
}
# And in a text message, where it is said more briefly.
_SHORTLY: Final[Mapping[str, _Needles]] = {
    **_WHOLLY,
    "placed": lambda material: [material.names["placed_short"]],
    "products": lambda material: [f"{quantity}x {name}" for quantity, name in material.lists["items"]],
    "shipping_address": lambda material: material.lists["address"],
    # Its street, which is told however short it must be; or that it is the same as the other.
    "billing_address": lambda material: (
        material.lists["billing"][:1] if "billing" in material.lists else [material.names["billing"]]
    ),
    "delivery": lambda material: [material.names["delivery_short"]],
    "contact": lambda material: [material.names["contact"]],
    "asked": lambda material: [material.names["asked"]],
    "answer_by": lambda material: [material.names["answer_by_short"]],
    "due": lambda material: [material.names["due_short"]],
    "refund": lambda material: [material.names["refund"]],
}
# And in a call, where numbers are read out and nothing is abbreviated.
_ALOUD: Final[Mapping[str, _Needles]] = {
    **_SHORTLY,
    "number": lambda material: [spelled(material.names["number"])],
    "placed": lambda material: [material.language.formats.spoken_instant(placed_at(material.order), material.zone)],
    "products": lambda material: [f"{quantity} {name}" for quantity, name in material.lists["items"]],
    "delivery": lambda material: [material.names["delivery_spoken"]],
    "contact": lambda material: [material.names["contact_spoken"]],
}

DEMANDS: Final = frozenset(_WHOLLY)
How = Literal["wholly", "shortly", "aloud"]
_TOLD: Final[Mapping[How, Mapping[str, _Needles]]] = {"wholly": _WHOLLY, "shortly": _SHORTLY, "aloud": _ALOUD}


def untold(said: str, demands: Iterable[str], material: Material, how: How = "wholly") -> list[str]:
    """The demands that a message does not meet.

    Args:
        said: the message as it is read.
        demands: of DEMANDS; others are passed over.
        material: what it was made of.
        how: in an e-mail, in a text message, in a call.
    """
    told = _TOLD[how]

    def plain(text: str) -> str:
        return text if how == "wholly" else _FENCES.sub("", untyped(material.language.plain(text)))

    said = plain(said)
    return [
        demand
        for demand in demands
        if demand in told and not all(plain(part) in said for part in told[demand](material))
    ]
