"""The examination that a shop's own version must pass before it is reviewed, and again before it is published.

All that is wrong is found at once: names that mean nothing, facts that the procedure demands and that are not told,
text messages that are too long, layouts that are no MJML, unsafe, or not shown by mailboxes. What can be rendered is
rendered with every sample order, the odd ones too: what goes well with one order must go well with all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tidings.kit.faults import pointer
from tidings.storefronts.kinds import CHANNELS, Channel
from tidings.templates import samples
from tidings.templates.catalogue import Words
from tidings.templates.checks.faults import Flaw, told_once
from tidings.templates.checks.grammar import faults_in
from tidings.templates.checks.layouts import MJML, TEXT, Checked, checked_layout
from tidings.templates.checks.vocabulary import names_of
from tidings.templates.editions import Edition, Layout, Wording
from tidings.templates.errors import Unrenderable
from tidings.templates.lint import FAULTS_OF, HOSTILE, PLAIN, dear_letters, is_unfilled
from tidings.templates.messages import RenderRequest
from tidings.templates.render import Templates
from tidings.templates.segments import MOST, Segments, count
from tidings.templates.speaking import texts

_IN_TEXT: Final = " in its text"
_IN_HTML: Final = " in its HTML"


@dataclass(frozen=True, slots=True)
class Version:
    """What a shop has written for a milestone."""

    milestone: str
    number: int
    wording: Wording
    # `mjml` and `text`; None: the built-in one.
    layout: Mapping[str, str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of its own."""
        return self.layout is None and not any(self.wording.values())


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    faults: list[Flaw]
    warnings: list[Flaw]
    # The layout made ready, if there is one and it is sound.
    layout: Layout | None = None


def examine(templates: Templates, version: Version) -> Report:
    """Look a version over: everything that is wrong with it, and what is worth a thought."""
    if version.is_empty:
        return Report([Flaw("/wording", "has nothing in it: say something in one language and channel at least")], [])
    checked = _layout(templates, version)
    faults, warnings = (
        [*checked.faults, *_in_words(templates, version)],
        [*checked.warnings, *_dear(templates, version)],
    )
    if not faults:
        edition = Edition(version.milestone, version.number, version.wording, checked.layout)
        faults = _in_messages(templates, version, edition)
        warnings += _cut_short(templates, version, edition)
    return Report(told_once(faults), told_once(warnings), checked.layout)


def edition_of(templates: Templates, version: Version) -> Edition:
    """A version that may not be sound yet, so that it can be looked at.

    Raises:
        Unrenderable: its layout cannot be compiled, or it uses what wording may not.
    """
    checked = _layout(templates, version)
    for flaw in (*checked.faults, *_in_words(templates, version)):
        raise Unrenderable(flaw.detail, flaw.pointer)
    return Edition(version.milestone, version.number, version.wording, checked.layout)


def _layout(templates: Templates, version: Version) -> Checked:
    if version.layout is None:
        return Checked()
    known = names_of(templates, version.milestone, "email")
    return checked_layout(templates.catalogue, version.milestone, version.layout["mjml"], version.layout["text"], known)


def _in_words(templates: Templates, version: Version) -> Iterator[Flaw]:
    """What single pieces of wording may not do."""
    for locale, channel, words in _worded(version):
        known = names_of(templates, version.milestone, channel)
        for where, piece in _pieces(words):
            at = pointer(["wording", locale, channel, *where])
            if not piece.strip() and where[0] != "paragraphs":
                yield Flaw(at, "is empty")
            yield from (Flaw(at, fault) for fault in faults_in(piece, known))


def _worded(version: Version) -> Iterator[tuple[str, Channel, Words]]:
    for locale in sorted(version.wording):
        for channel in CHANNELS:
            if channel in version.wording[locale]:
                yield locale, channel, version.wording[locale][channel]


def _pieces(words: Words) -> Iterator[tuple[list[str | int], str]]:
    for name, value in words.items():
        if isinstance(value, str):
            yield [name], value
        else:
            for number, piece in enumerate(value):
                yield [name, number], piece


def _dear(templates: Templates, version: Version) -> Iterator[Flaw]:
    for locale, channel, words in _worded(version):
        if channel == "sms" and (dear := dear_letters(words["text"], templates.catalogue.labels[locale])):
            yield Flaw(pointer(["wording", locale, "sms", "text"]), f"costs twice as much because of {dear}")


def _in_messages(templates: Templates, version: Version, edition: Edition) -> list[Flaw]:
    """What is wrong with the messages that it makes: of the languages it words, or of all if the layout is its own."""
    pairs = {(locale, channel): None for locale, channel, _ in _worded(version)}
    if edition.layout is not None:
        pairs |= {(locale, "email"): None for locale in sorted(templates.locales(version.milestone))}
    found: list[Flaw] = []
    for locale, channel in pairs:
        for sample in samples.SAMPLES:
            request = samples.request(version.milestone, channel, locale, sample)
            found += [_placed(flaw, locale, channel, version) for flaw in _tried(templates, edition, request, sample)]
    return found


def _tried(templates: Templates, edition: Edition, request: RenderRequest, sample: str) -> Iterator[str]:
    with_sample = f"with the sample order {sample!r}"
    try:
        rendered = templates.render(request, edition)
    except Unrenderable as refusal:
        yield f"cannot be rendered {with_sample}: {refusal.reason}"
        return
    files = templates.catalogue.milestones[request.milestone]
    told = partial(templates.material, request)
    yield from FAULTS_OF[request.channel](rendered, files, told, sample=sample)
    if sample != HOSTILE and is_unfilled(rendered):
        yield "has a brace left in it that nothing was filled in for"
    if not rendered.text.strip() or rendered.subject == "":
        yield f"comes to nothing {with_sample}"
    if request.channel == "sms" and sample == PLAIN and not (most := _costs(templates, edition, request)[0]).is_sent:
        yield f"takes {most.segments} segments with a plain order; at most {MOST[most.encoding]} are sent"


def _cut_short(templates: Templates, version: Version, edition: Edition) -> Iterator[Flaw]:
    """Text messages of odd orders that do not fit, however briefly the order is told."""
    for locale, channel, _ in _worded(version):
        for sample in samples.SAMPLES if channel == "sms" else ():
            request = samples.request(version.milestone, channel, locale, sample)
            costs = _costs(templates, edition, request)
            if not any(cost.is_sent for cost in costs):
                at = pointer(["wording", locale, channel])
                yield Flaw(at, f"is cut after {MOST[costs[-1].encoding]} segments with the sample order {sample!r}")


def _costs(templates: Templates, edition: Edition, request: RenderRequest) -> list[Segments]:
    """The segments that a text message takes: told in full first, then ever more briefly."""
    material = templates.material(request)
    pieces = templates.pieces(request.milestone, material.language.locale, "sms", edition)
    return [count(text) for text in texts(pieces, material)]


def _placed(fault: str, locale: str, channel: Channel, version: Version) -> Flaw:
    """A fault where it can be mended: in the words, or in the layout that all languages share."""
    has_words = channel in version.wording.get(locale, {})
    if channel == "email" and version.layout is not None:
        if fault.endswith(_IN_TEXT):
            return Flaw(TEXT, f"{fault} ({locale})")
        if fault.endswith(_IN_HTML) or not has_words:
            return Flaw(MJML, f"{fault} ({locale})")
    return Flaw(pointer(["wording", locale, channel]), fault)


def report_json(report: Report) -> dict[str, Any]:
    """A report as it is handed from one process to another."""
    return {
        "faults": [[flaw.pointer, flaw.detail] for flaw in report.faults],
        "warnings": [[flaw.pointer, flaw.detail] for flaw in report.warnings],
        "layout": None if report.layout is None else report.layout.stored(),
    }
