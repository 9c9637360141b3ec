"""From a snapshot to words. Pure: the same request gives the same message, whatever was rendered before.

Read once at start, compiled at first use; what is remembered here are files and formats, never anything of an order.
"""

import traceback
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from jinja2 import TemplateError

from tidings.storefronts.kinds import Channel
from tidings.templates import catalogue, reading
from tidings.templates.catalogue import FILES, Catalogue, MilestoneFiles, Words
from tidings.templates.cleaning import clean, link
from tidings.templates.compiling import FAULTS, Piece, compile_markup, compile_text, compile_words
from tidings.templates.editions import Edition
from tidings.templates.errors import Unrenderable
from tidings.templates.formats import ever_shorter, formats_of, nearest_formats
from tidings.templates.language import Language
from tidings.templates.letterhead import letterhead
from tidings.templates.messages import LINKS, Rendered, RenderRequest
from tidings.templates.sections.material import Material
from tidings.templates.sections.table import SECTIONS
from tidings.templates.shop import Brand, Contact, Legal, Shop
from tidings.templates.speaking import SAY, Pieces

__all__ = ["Brand", "Contact", "Legal", "RenderRequest", "Rendered", "Shop", "Templates", "Unrenderable"]

LAST_RESORT = "en"


class Templates:
    """All wording. Safe to share between tasks: it keeps nothing of what it renders."""

    def __init__(self, found: Catalogue) -> None:
        self.catalogue = found
        self._pieces: dict[tuple[str, str], Mapping[Channel, Pieces]] = {}
        self._layouts: dict[tuple[str, bool], tuple[Piece, Piece]] = {}
        self._language = lru_cache(maxsize=2048)(self._choose)

    @classmethod
    def load(cls, folder: Path = FILES) -> Self:
        """Read a folder of wording.

        Raises:
            Unrenderable: a file is faulty.
        """
        return cls(catalogue.read(folder))

    @property
    def milestones(self) -> frozenset[str]:
        """The milestones that there is wording for."""
        return frozenset(self.catalogue.milestones)

    def locales(self, milestone: str) -> frozenset[str]:
        """The languages that a milestone is worded in."""
        return frozenset(self.catalogue.milestones[milestone].wording)

    def version(self, milestone: str) -> int:
        """The version of a milestone's wording that is rendered now."""
        return self.catalogue.milestones[milestone].version

    def is_compiled(self, milestone: str, locale: str, shops_locale: str) -> bool:
        """Whether a message about this, in this language, can be rendered without compiling its wording first."""
        if milestone not in self.catalogue.milestones:
            return True
        return (milestone, self._language(milestone, locale, shops_locale).locale) in self._pieces

    def compile(self, milestone: str, locale: str, shops_locale: str) -> None:
        """Compile the wording of this: some hundredths of a second, and safe in a thread of its own."""
        self._compiled(self.catalogue.milestones[milestone], self._language(milestone, locale, shops_locale).locale)

    def render(self, request: RenderRequest, edition: Edition | None = None) -> Rendered:
        """Put one message into words.

        Args:
            request: the message.
            edition: the shop's own version of this milestone's wording, if it has one.

        Raises:
            Unrenderable: there is no such template, it names what is not there, or the snapshot is not as it must be.
        """
        material = self.material(request)
        files, locale = self.catalogue.milestones[request.milestone], material.language.locale
        pieces = self.pieces(request.milestone, locale, request.channel, edition)
        try:
            said = SAY[request.channel](pieces, material, request)
        except FAULTS as fault:
            raise Unrenderable(_told(fault), f"{request.milestone}/{locale} [{request.channel}]") from None
        return Rendered(
            template=request.milestone,
            version=files.version if edition is None else edition.version,
            locale=locale,
            subject=said.subject,
            text=said.text,
            html=said.html,
            extras=said.extras or {},
        )

    def pieces(self, milestone: str, locale: str, channel: Channel, edition: Edition | None = None) -> Pieces:
        """What a message of this language and channel is worded with."""
        built_in = self._compiled(self.catalogue.milestones[milestone], locale)[channel]
        return built_in if edition is None else edition.over(built_in, locale, channel)

    def material(self, request: RenderRequest) -> Material:
        """What a message is made of: the names that its wording can use.

        Raises:
            Unrenderable: there is no such template, or the snapshot is not as it must be.
        """
        files = self.catalogue.milestones.get(request.milestone)
        if files is None:
            raise Unrenderable("has no template", request.milestone)
        language = self._language(request.milestone, request.locale, request.shop.locale)
        try:
            return _material(request, language, files.needs)
        except FAULTS as fault:
            raise Unrenderable(_told(fault), f"{request.milestone}/{language.locale} snapshot") from None

    def _compiled(self, milestone: MilestoneFiles, locale: str) -> Mapping[Channel, Pieces]:
        """Compiled when it is first asked for: a shop speaks some languages, and all of them would take seconds."""
        found = self._pieces.get((milestone.name, locale))
        if found is None:
            found = {
                channel: _pieces(words, f"{milestone.name}/{locale}.toml [{channel}]")
                for channel, words in milestone.wording[locale].items()
            }
            text, html = self._layout(milestone, right_to_left=nearest_formats(locale).right_to_left)
            found["email"] = replace(found["email"], text=text, html=html, markup=milestone.markup)
            self._pieces[milestone.name, locale] = found
        return found

    def _layout(self, milestone: MilestoneFiles, *, right_to_left: bool) -> tuple[Piece, Piece]:
        """The e-mail's text and HTML, the same for all languages of a direction."""
        found = self._layouts.get((milestone.name, right_to_left))
        if found is None:
            text, mjml = (self.catalogue.layout(kind, milestone.blocks) for kind in ("txt", "mjml"))
            found = (
                compile_text(text, f"{milestone.name} text layout"),
                compile_markup(mjml, f"{milestone.name} MJML layout", right_to_left=right_to_left),
            )
            self._layouts[milestone.name, right_to_left] = found
        return found

    def _choose(self, milestone: str, wanted: str, shops: str) -> Language:
        """The customer's language if it is worded, else the shop's, else English; in their own variety of it."""
        worded = self.catalogue.milestones[milestone].wording
        for tag in (wanted, shops, LAST_RESORT):
            for locale in ever_shorter(tag):
                if locale in worded:
                    return Language(locale, self.catalogue.labels[locale], nearest_formats(tag))
        raise Unrenderable(f"has no wording in {LAST_RESORT}", milestone)


def _pieces(words: Words, where: str) -> Pieces:
    fields = {name: compile_words(value, f"{where} {name}") for name, value in words.items() if name != "paragraphs"}
    paragraphs = tuple(compile_words(paragraph, f"{where} paragraphs") for paragraph in words.get("paragraphs", ()))
    return Pieces(fields, paragraphs)


def _told(fault: Exception) -> str:
    """A fault without its values, which may be the customer's: Jinja2 tells names; of Python's own, kind and place."""
    if isinstance(fault, TemplateError):
        return str(fault.message)
    *_, (frame, line) = traceback.walk_tb(fault.__traceback__)
    return f"{type(fault).__name__} in {Path(frame.f_code.co_filename).name}, line {line}"


def _material(request: RenderRequest, language: Language, needs: tuple[str, ...]) -> Material:
    material = Material(
        # What the shop's staff is told of the procedure itself is about no order.
        order=reading.maybe_node(request.snapshot, "order", "") or {},
        snapshot=request.snapshot,
        language=language,
        zone=_zone(request.time_zone, request.shop.time_zone),
        home=_territory(request.shop.locale),
        names=letterhead(request.shop, language),
        has_tables=request.channel == "email",
    )
    material.names.update((f"{name}_url", link(request.links.get(name))) for name in LINKS)
    material.names["banner"] = clean(request.banner or "", 300)
    for need in needs:
        SECTIONS[need](material)
    return material


@lru_cache(maxsize=1024)
def _zone(*keys: str) -> ZoneInfo:
    """The first zone that exists: the order's own, or the shop's."""
    for key in keys:
        try:
            return ZoneInfo(key)
        except (KeyError, OSError, TypeError, ValueError):
            continue
    raise Unrenderable("is not a time zone", "time_zone")


@lru_cache(maxsize=1024)
def _territory(locale: str) -> str | None:
    formats = formats_of(locale)
    return formats.locale.territory if formats else None
