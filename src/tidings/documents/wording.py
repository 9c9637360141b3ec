"""The words on documents, in the languages that messages are worded in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from tidings.templates.catalogue import read
from tidings.templates.formats import Formats, ever_shorter, nearest_formats

_LAST_RESORT: Final = "en"
_MINUS: Final = "\N{LEFT-TO-RIGHT MARK}-"


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """One language: its words, and the customer's own variety's ways of writing."""

    locale: str
    words: Mapping[str, str]
    formats: Formats

    def __call__(self, name: str, /, **filled: str) -> str:
        """A word with its gaps filled in."""
        found = self.words[name]
        for gap, value in filled.items():
            found = found.replace(f"{{{gap}}}", value)
        return found

    def money(self, amount: int, currency: str) -> str:
        """An amount; its minus stays before it where the writing runs from the right."""
        text = self.formats.money(amount, currency)
        return text.replace("-", _MINUS) if amount < 0 and self.formats.right_to_left else text

    def method(self, code: str) -> str:
        """A way to pay: our word for it, or the shop's own."""
        plain = code.lower().replace("-", "_").replace(" ", "_")
        return methods_in(self.locale).get(plain) or code.replace("_", " ").capitalize()


@lru_cache(maxsize=64)
def methods_in(locale: str) -> Mapping[str, str]:
    """What messages call the ways to pay."""
    labels = read().labels.get(locale)
    return {} if labels is None else labels.groups["method"]


@lru_cache(maxsize=64)
def words_in(locale: str) -> Mapping[str, str] | None:
    """The words of exactly this language; None where there are none."""
    path = files("tidings.documents").joinpath("words", f"{locale}.toml")
    return tomllib.loads(path.read_text("utf-8")) if locale in worded() else None


@lru_cache(maxsize=1)
def worded() -> frozenset[str]:
    """The languages that there are words in."""
    return frozenset(
        path.name.removesuffix(".toml")
        for path in files("tidings.documents").joinpath("words").iterdir()
        if path.name.endswith(".toml")
    )


@lru_cache(maxsize=512)
def wording_for(*tags: str) -> Wording:
    """The first of these languages that there are words in, else English.

    Args:
        tags: the customer's language, then the shop's; or those of a visitor whom nobody knows.
    """
    for wanted in (*tags, _LAST_RESORT):
        for locale in ever_shorter(wanted):
            if (words := words_in(locale)) is not None:
                return Wording(locale, words, nearest_formats(wanted))
    raise AssertionError
