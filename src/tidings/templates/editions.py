"""A version of a milestone's wording that a shop has made itself, laid over the built-in one.

It words what it has words for; every other language and channel stays as the files have it. Its layout, if it has one,
is the e-mail of all languages. MJML was made HTML of when it was published; what is left to do here is done once for
each language, and kept as long as the edition is.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tidings.storefronts.kinds import Channel
from tidings.templates.catalogue import Words
from tidings.templates.compiling import Allowance, compile_html, compile_text, compile_words
from tidings.templates.formats import nearest_formats
from tidings.templates.speaking import Pieces

# An e-mail of more than 102 kB is cut by Gmail; a long order's list of goods is some of that.
OF_WORDS: Final = Allowance(letters=20_000, seconds=0.2)
OF_LAYOUTS: Final = Allowance(letters=1_000_000, seconds=0.5)

# By language, by channel.
Wording = Mapping[str, Mapping[Channel, Words]]


@dataclass(frozen=True, slots=True)
class Layout:
    """An e-mail's layout, ready to be filled in: HTML for either direction, and the text."""

    ltr: str
    rtl: str
    text: str

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> "Layout":
        """As it was stored."""
        return cls(stored["ltr"], stored["rtl"], stored["text"])

    def stored(self) -> dict[str, str]:
        """As it is stored."""
        return {"ltr": self.ltr, "rtl": self.rtl, "text": self.text}


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One version, ready to word messages; shared between threads, which at worst compile the same twice."""

    milestone: str
    version: int
    wording: Wording
    layout: Layout | None = None
    _compiled: dict[tuple[str, Channel], Pieces] = field(default_factory=dict)

    def over(self, built_in: Pieces, locale: str, channel: Channel) -> Pieces:
        """This version's wording; the built-in one where it has none.

        Raises:
            Unrenderable: it cannot be compiled.
        """
        found = self._compiled.get((locale, channel))
        if found is None:
            found = self._compiled[locale, channel] = self._made(built_in, locale, channel)
        return found

    def _made(self, built_in: Pieces, locale: str, channel: Channel) -> Pieces:
        where = f"{self.milestone} version {self.version}, {locale} [{channel}]"
        pieces = self._worded(built_in, self.wording.get(locale, {}).get(channel), where)
        if channel != "email" or self.layout is None:
            return pieces
        html = self.layout.rtl if nearest_formats(locale).right_to_left else self.layout.ltr
        return replace(
            pieces,
            text=compile_text(self.layout.text, f"{where} text layout", OF_LAYOUTS),
            html=compile_html(html, f"{where} MJML layout", OF_LAYOUTS),
        )

    def _worded(self, built_in: Pieces, words: Words | None, where: str) -> Pieces:
        if words is None:
            return built_in
        fields = {
            name: compile_words(value, f"{where} {name}", OF_WORDS)
            for name, value in words.items()
            if name != "paragraphs"
        }
        paragraphs = tuple(compile_words(each, f"{where} paragraphs", OF_WORDS) for each in words.get("paragraphs", ()))
        return replace(built_in, fields=fields, paragraphs=paragraphs)


def digest_of(milestone: str, wording: Wording, layout: Mapping[str, Any] | None) -> str:
    """SHA-256 of a version's words: the same words, the same digest, whoever wrote them and whatever their order."""
    content = {"milestone": milestone, "wording": wording, "layout": layout}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
