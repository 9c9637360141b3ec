"""The check of all wording: complete, renderable with every sample, and telling what the procedure demands of it.

Run by a test and by `tidings templates lint`; `preview` shows a template with a sample order.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from typing_extensions import override

from tidings.storefronts.kinds import CHANNELS, Channel
from tidings.templates import samples, segments
from tidings.templates.catalogue import MilestoneFiles
from tidings.templates.contents import DEMANDS, How, untold
from tidings.templates.errors import Unrenderable
from tidings.templates.language import Labels
from tidings.templates.messages import Rendered
from tidings.templates.render import LAST_RESORT, Templates
from tidings.templates.sections.material import Material
from tidings.templates.speaking import MAX_BODY, MAX_SPOKEN, MAX_TITLE
from tidings.templates.versions import unstamped

_TAGS = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_BRACE = re.compile(r"[{}]")
PLAIN: Final = "short"
# What is billed to one place goes to another.
TWO_PLACES: Final = "britain"
# Its values look like tags on purpose.
HOSTILE: Final = "hostile"
# Counted words that are no matter of course in text messages.
_AT_NEED: Final = frozenset({"details", "within_days"})
# What a change of an order, or of how its customer is reached, is told by.
_OF_CHANGES: Final = ("part", "contact_part")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with the wording."""

    where: str
    what: str

    @override
    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def lint(templates: Templates, locales: Iterable[str] = ()) -> list[Finding]:
    """Everything that is wrong with this wording; nothing, if all is well.

    Args:
        templates: the wording.
        locales: look at these languages alone; empty: at all of them.
    """
    catalogue = templates.catalogue
    looked_at = set(locales) or catalogue.labels.keys()
    found = [Finding(f"{name}/", "has changed: run `tidings templates stamp`") for name in unstamped(catalogue)]
    for locale in sorted(looked_at):
        found += _labels(locale, catalogue.labels[locale], catalogue.labels[LAST_RESORT])
    for milestone in catalogue.milestones.values():
        absent = sorted(looked_at - milestone.wording.keys())
        found += [Finding(f"{milestone.name}/{locale}.toml", "is missing") for locale in absent]
        found += _demands(milestone)
        for locale in sorted(looked_at & milestone.wording.keys()):
            found += _letters(milestone, locale, catalogue.labels[locale])
            found += _rendered(templates, milestone, locale)
    return found


def preview(templates: Templates, milestone: str, channel: Channel, locale: str, sample: str = PLAIN) -> Rendered:
    """A template with a sample order in it.

    Args:
        templates: the wording.
        milestone: one of `templates.milestones`.
        channel: how it is said.
        locale: in which language.
        sample: one of `samples.SAMPLES`.

    Raises:
        Unrenderable: it cannot be shown.
    """
    return templates.render(samples.request(milestone, channel, locale, sample))


def _labels(locale: str, labels: Labels, model: Labels) -> Iterator[Finding]:
    where = f"labels/{locale}.toml"
    for part, there in _parts(model).items():
        ours, theirs = _parts(labels)[part].keys(), there.keys()
        yield from (Finding(where, f"[{part}] lacks {name}") for name in sorted(theirs - ours))
        yield from (Finding(where, f"[{part}] has an unknown {name}") for name in sorted(ours - theirs))
    for name, forms in labels.counted.items():
        if "other" not in forms:
            yield Finding(where, f"[counted.{name}] lacks other")
    for name, words in _said_in_text_messages(labels):
        if dear := dear_letters("".join(words), labels):
            yield Finding(where, f"[{name}] has letters outside GSM-7: {dear}")


def _said_in_text_messages(labels: Labels) -> Iterator[tuple[str, Iterable[str]]]:
    """What text messages always say. What an incomplete order lacks and how long money takes is said as need be."""
    for name, forms in labels.counted.items():
        if name not in _AT_NEED:
            yield f"counted.{name}", (form.replace("{n}", "") for form in forms.values())
    for group in _OF_CHANGES:
        yield group, labels.groups[group].values()


def _parts(labels: Labels) -> dict[str, Mapping[str, object]]:
    return {"text": labels.text, "counted": labels.counted, "missing": labels.missing, **labels.groups}


def _demands(milestone: MilestoneFiles) -> Iterator[Finding]:
    where = f"{milestone.name}/template.toml"
    unknown = sorted({*milestone.tells, *milestone.tells_shortly, *milestone.tells_aloud} - DEMANDS)
    yield from (Finding(where, f"tells {demand}, which nobody can check") for demand in unknown)


def _letters(milestone: MilestoneFiles, locale: str, labels: Labels) -> Iterator[Finding]:
    if dear := dear_letters(milestone.wording[locale]["sms"]["text"], labels):
        yield Finding(f"{milestone.name}/{locale}.toml [sms]", f"has letters outside GSM-7: {dear}")


def dear_letters(text: str, labels: Labels) -> str:
    """The letters of a text message's words that make it twice as dear, in a language that can do without."""
    return _dear(_TAGS.sub("", text), labels) if labels.gsm7 else ""


def _dear(text: str, labels: Labels) -> str:
    text = text.translate(labels.plain)
    return "".join(sorted({letter for letter in text if segments.count(segments.fold(letter)).encoding != "GSM-7"}))


def _rendered(templates: Templates, milestone: MilestoneFiles, locale: str) -> Iterator[Finding]:
    for sample in samples.SAMPLES:
        given = samples.request(milestone.name, "email", locale, sample)
        for channel in CHANNELS:
            where = f"{milestone.name}/{locale}.toml [{channel}] with {sample}"
            request = replace(given, channel=channel)
            try:
                rendered = templates.render(request)
            except Unrenderable as refusal:
                yield Finding(where, f"cannot be rendered: {refusal}")
                continue
            told = partial(templates.material, request)
            faults = [*FAULTS_OF[channel](rendered, milestone, told, sample=sample)]
            if sample != HOSTILE and is_unfilled(rendered):
                faults.append("has a tag left in it")
            yield from (Finding(where, fault) for fault in faults)


def is_unfilled(rendered: Rendered) -> bool:
    """Whether a tag is left in it that should have been filled in."""
    return bool(_BRACE.search(f"{rendered.subject} {rendered.text}") or _TAGS.search(rendered.html or ""))


# What a message was made of; only made again where it is looked at.
_Told = Callable[[], Material]


def _in_email(rendered: Rendered, milestone: MilestoneFiles, told: _Told, **_: object) -> Iterator[str]:
    material = told()
    body = html.unescape((rendered.html or "").partition("<body")[2])
    for part, said in (("text", rendered.text), ("HTML", body)):
        yield from (f"does not tell {demand} in its {part}" for demand in untold(said, milestone.tells, material))


def _in_sms(rendered: Rendered, milestone: MilestoneFiles, told: _Told, *, sample: str) -> Iterator[str]:
    found = segments.count(rendered.text)
    if not found.is_sent:
        yield f"takes {found.segments} segments"
    yield from _untold(rendered, milestone.tells_shortly, told, "shortly", sample)


def _untold(rendered: Rendered, tells: Sequence[str], told: _Told, how: How, sample: str) -> Iterator[str]:
    # Only with the plain one nothing is shortened for certain; and there, both addresses are the same.
    demands = {PLAIN: tells, TWO_PLACES: [demand for demand in tells if demand == "billing_address"]}.get(sample)
    if demands:
        yield from (f"does not tell {demand}" for demand in untold(rendered.text, demands, told(), how))


def _in_push(rendered: Rendered, *_: object, **__: object) -> Iterator[str]:
    if len(rendered.subject or "") > MAX_TITLE or len(rendered.text) > MAX_BODY:
        yield "is too long for a lock screen"


def _in_voice(rendered: Rendered, milestone: MilestoneFiles, told: _Told, *, sample: str) -> Iterator[str]:
    if len(rendered.text) > MAX_SPOKEN:
        yield "takes too long to say"
    yield from _untold(rendered, milestone.tells_aloud, told, "aloud", sample)


# What is wrong with a message of each channel.
FAULTS_OF: Final[Mapping[Channel, Callable[..., Iterator[str]]]] = {
    "email": _in_email,
    "sms": _in_sms,
    "push": _in_push,
    "voice": _in_voice,
}
