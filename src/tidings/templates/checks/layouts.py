"""A shop's own e-mail layout: compiled, held to the small language, found safe, and asked of the mail clients."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tidings.templates.catalogue import Catalogue
from tidings.templates.checks.faults import Flaw
from tidings.templates.checks.grammar import faults_in
from tidings.templates.checks.mail_clients import lacks_in
from tidings.templates.checks.safety import dangers_in
from tidings.templates.checks.vocabulary import IN_LAYOUTS
from tidings.templates.compiling import html_of
from tidings.templates.editions import Layout
from tidings.templates.errors import Unrenderable

MJML: Final = "/layout/mjml"
TEXT: Final = "/layout/text"
_BLOCKS: Final = "<blocks />"
# Puts files into a layout, and code of its own.
_FOREIGN: Final = ("<mj-include", "<mj-font")


@dataclass(frozen=True, slots=True)
class Checked:
    """A layout looked over; ready, if nothing is wrong with it."""

    layout: Layout | None = None
    faults: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)


def checked_layout(catalogue: Catalogue, milestone: str, mjml: str, text: str, known: frozenset[str]) -> Checked:
    """Compile a layout and look it over.

    Args:
        catalogue: whose blocks can stand in it: `<blocks />` for all of the milestone's.
        milestone: whose it is.
        mjml: its source.
        text: the source of its text part.
        known: the names that the milestone gives to an e-mail.
    """
    known |= IN_LAYOUTS
    faults = [Flaw(TEXT, fault) for fault in _faults_in_text(text, known)]
    faults += [Flaw(MJML, f"may not use {tag}>") for tag in _FOREIGN if tag in mjml.lower()]
    if faults:
        return Checked(faults=faults)
    mjml, text = (_with_blocks(catalogue, milestone, *part) for part in (("mjml", mjml), ("txt", text)))
    try:
        ltr, rtl = (html_of(mjml, "mjml", right_to_left=each) for each in (False, True))
    except Unrenderable as refusal:
        return Checked(faults=[Flaw(MJML, refusal.reason)])
    dangers = dict.fromkeys([*dangers_in(ltr), *dangers_in(rtl)])
    faults = [Flaw(MJML, fault) for fault in (*faults_in(ltr, known), *dangers)]
    lacks = lacks_in(ltr)
    faults += [Flaw(MJML, str(lack)) for lack in lacks if lack.is_refused]
    warnings = [Flaw(MJML, str(lack)) for lack in lacks if not lack.is_refused]
    return Checked(Layout(ltr, rtl, text), faults, warnings)


def _faults_in_text(text: str, known: frozenset[str]) -> Iterator[str]:
    if not text.strip():
        yield "is required: an e-mail has a text part"
    yield from faults_in(text.replace(_BLOCKS, ""), known)


def _with_blocks(catalogue: Catalogue, milestone: str, kind: str, source: str) -> str:
    joint = "\n" if kind == "mjml" else "\n\n"
    blocks = catalogue.milestones[milestone].blocks
    return source.replace(_BLOCKS, joint.join(catalogue.sources[f"blocks/{block}.{kind}"].rstrip() for block in blocks))
