"""What has changed, and which promise is at risk."""

from typing import Any, Final

from tidings.templates import reading
from tidings.templates.errors import Unrenderable
from tidings.templates.reading import Node
from tidings.templates.sections.material import Material

_SIDES: Final = ("old", "new")


def update(material: Material) -> None:
    """What of the order has changed."""
    _changed(material, material.part("update"), "/update", "part")


def contact_change(material: Material) -> None:
    """Which of the contact details have changed, and whether this goes to the old ones; never the details."""
    given = material.part("contact")
    _changed(material, given, "/contact", "contact_part")
    side = reading.text(given, "to", "/contact")
    if side not in _SIDES:
        raise Unrenderable(f"is not one of {', '.join(_SIDES)}", "/contact/to")
    material.names["to_old"] = side == "old"


def deadline(material: Material) -> None:
    """Which promise for the order is due when. For the shop's staff: the customer is not the one who is greeted."""
    given, language, names = material.part("deadline"), material.language, material.names
    due_at = reading.maybe_instant(given, "due_at", "/deadline")
    if due_at is None:
        raise Unrenderable("is missing", "/deadline/due_at")
    material.tell_instant("due", due_at)
    started_at = reading.maybe_instant(given, "started_at", "/deadline")
    names.update(
        promise=language.word("promise", reading.text(given, "kind", "/deadline", 60)),
        started=language.formats.instant(started_at, material.zone) if started_at else "",
        owner=language.isolated(reading.maybe_text(given, "owner", "/deadline", 100)),
        is_escalated=given.get("escalated") is True,
        is_met=reading.maybe_instant(given, "met_at", "/deadline") is not None,
        name="",
        greeting=language.label("greeting_without_name"),
        why=language.label("why_staff", shop=names["shop_name"]),
    )


def documents(material: Material) -> None:
    """What is attached: `invoice/receipt`; empty if nothing is."""
    kinds = [reading.text(each, "kind", "/documents", 60) for each in reading.nodes(material.snapshot, "documents", "")]
    material.names["documents"] = "/".join(dict.fromkeys(material.language.word("document", kind) for kind in kinds))


def _changed(material: Material, given: Node, where: str, group: str) -> None:
    found: Any = given.get("changed")
    if not found or not isinstance(found, list | tuple) or not all(isinstance(each, str) for each in found):
        raise Unrenderable("is not a list of names", f"{where}/changed")
    rows = list(dict.fromkeys(material.language.word(group, each) for each in found))
    material.names.update(changed=material.language.formats.joined(rows), changed_rows=rows)
