"""The wording that comes with tidings, told like a shop's own versions: the newest one of each milestone."""

from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from tidings.kit.ids import wire
from tidings.templates.render import Templates

_SPACE: Final = uuid5(NAMESPACE_URL, "urn:tidings:template")


def built_in_id(milestone: str, version: int) -> UUID:
    """The same for the same version, everywhere."""
    return uuid5(_SPACE, f"{milestone}:{version}")


def built_in_milestone(templates: Templates, version_id: UUID | None) -> str | None:
    """Whose newest built-in version an id is, if it is one."""
    for milestone in templates.milestones:
        if built_in_id(milestone, templates.version(milestone)) == version_id:
            return milestone
    return None


def built_in_wire_id(templates: Templates, milestone: str) -> str:
    """`tpl_…` of a milestone's newest built-in version."""
    return wire("tpl", built_in_id(milestone, templates.version(milestone)))


def built_in_body(templates: Templates, milestone: str) -> dict[str, Any]:
    """What a milestone's built-in version says, as a shop's own would say it."""
    files = templates.catalogue.milestones[milestone]
    wording = {locale: {channel: dict(words) for channel, words in channels.items()}
               for locale, channels in files.wording.items()}  # fmt: skip
    sources = templates.catalogue.sources
    return {"wording": wording, "layout": {"mjml": sources["layouts/email.mjml"], "text": sources["layouts/email.txt"]}}
