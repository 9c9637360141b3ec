"""The review of the procedure that staff is to hold: why, by when, and whether it is late. It is about no order."""

from collections.abc import Mapping
from typing import Final

from tidings.templates import reading
from tidings.templates.errors import Unrenderable
from tidings.templates.sections.material import Material

# Kinds of causes, and the names that wording asks them by.
_CAUSES: Final[Mapping[str, str]] = {
    "yearly": "by_year",
    "policy": "by_policy",
    "calendar": "by_calendar",
    "milestones": "by_milestones",
    "template": "by_template",
    "by_hand": "by_hand",
}


def review(material: Material) -> None:
    """Which review is due when, and why it was opened."""
    given, language, names = material.part("review"), material.language, material.names
    due_at = reading.maybe_instant(given, "due_at", "/review")
    opened_at = reading.maybe_instant(given, "opened_at", "/review")
    if due_at is None or opened_at is None:
        raise Unrenderable("is missing", "/review/due_at" if due_at is None else "/review/opened_at")
    material.tell_instant("due", due_at)
    stage = reading.maybe_text(given, "stage", "/review", 60)
    causes = {reading.text(each, "kind", "/review/causes", 60) for each in reading.nodes(given, "causes", "/review")}
    names.update({name: cause in causes for cause, name in _CAUSES.items()})
    names.update(
        started=language.formats.instant(opened_at, material.zone),
        owner=language.isolated(reading.maybe_text(given, "owner", "/review", 100)),
        is_reminder=stage == "warned",
        is_missed=stage in {"missed", "escalated"},
        is_escalated=stage == "escalated",
        name="",
        greeting=language.label("greeting_without_name"),
        why=language.label("why_staff", shop=names["shop_name"]),
    )
