"""What a version says, put together from what it begins with and what is laid over it, and held to its form."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tidings.kit.faults import faults_of, pointer
from tidings.kit.merge import merged
from tidings.kit.problem import Fault, InvalidInput
from tidings.templates.render import Templates
from tidings.templates.stored.wanted import Body, Copied

Said = dict[str, Any]


def said(body: Mapping[str, Any], patch: Mapping[str, Any], milestone: str, templates: Templates) -> Said:
    """The wording and layout after a patch.

    Args:
        body: `wording` and `layout` as they are.
        patch: a merge patch upon both.
        milestone: what it is about.
        templates: which languages there are.

    Raises:
        InvalidInput: a part is missing or unknown.
    """
    whole = merged(body, patch)
    if not whole.get("layout"):
        whole["layout"] = None
    try:
        found = Body.model_validate(whole).stored()
    except ValidationError as refusal:
        raise InvalidInput(faults=faults_of(refusal.errors())) from None
    known = sorted(templates.locales(milestone))
    unknown = [locale for locale in found["wording"] if locale not in known]
    if unknown:
        detail = f"is not a language that there is wording in: {', '.join(known)}"
        raise InvalidInput(faults=[Fault(pointer(["wording", locale]), detail) for locale in unknown])
    return found


def taken_over(body: Mapping[str, Any], copied: Copied | None) -> Said:
    """The part of a version that another one begins with.

    Args:
        body: `wording` and `layout` of the one.
        copied: which of it; None: all.
    """
    if copied is None:
        return {"wording": dict(body["wording"]), "layout": body["layout"]}
    wording = {
        locale: {
            channel: words
            for channel, words in channels.items()
            if copied.channels is None or channel in copied.channels
        }
        for locale, channels in body["wording"].items()
        if copied.locales is None or locale in copied.locales
    }
    return {"wording": wording, "layout": body["layout"]}
