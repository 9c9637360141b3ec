"""What a message must tell, and whether it does: the procedure's demands, held against what was rendered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tidings.templates.sections import Material
from tidings.templates.segments import fold

_Needles = Callable[[Material], Iterable[str]]

# What must be found of each demand in an e-mail. Everything, in the customer's own language and zone.
_WHOLLY: Final[Mapping[str, _Needles]] = {
    "number": lambda material: [material.names["number"]],
    "placed": lambda material: [material.names["placed"]],
    "products": lambda material: [part for _, *row in material.names["products"] for part in row if part],
    "shipping_address": lambda material: material.names["shipping_lines"],
    "billing_address": lambda material: material.names["billing_lines"],
    "delivery": lambda material: [material.names["delivery"]],
    "contact": lambda material: [material.names[f"shop_{way}"] for way in ("email", "phone", "help_url", "hours")],
    "contents": lambda material: [name for _, name in material.names["contents_rows"]],
    "remaining": lambda material: [name for _, name in material.names["remaining_rows"]],
    "track": lambda material: [material.names["tracking_url"]],
    "delivered": lambda material: [material.names["delivered"]],
    "missing": lambda material: material.names["missing_rows"],
}
# And in a text message, where it is said more briefly.
_SHORTLY: Final[Mapping[str, _Needles]] = {
    **_WHOLLY,
    "products": lambda material: [f"{quantity}x {name}" for quantity, name in material.lists["items"]],
    "shipping_address": lambda material: material.lists["address"],
    "delivery": lambda material: [material.names["delivery_short"]],
    "contact": lambda material: [material.names["contact"]],
}

DEMANDS: Final = frozenset(_WHOLLY)


def untold(said: str, demands: Iterable[str], material: Material, *, shortly: bool = False) -> list[str]:
    """The demands that a message does not meet.

    Args:
        said: the message as it is read.
        demands: of DEMANDS; others are passed over.
        material: what it was made of.
        shortly: whether it is a text message.
    """
    told = _SHORTLY if shortly else _WHOLLY
    if shortly:
        said = fold(said)
    return [
        demand
        for demand in demands
        if demand in told and not all((fold(part) if shortly else part) in said for part in told[demand](material))
    ]
