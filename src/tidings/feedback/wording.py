"""What the feedback page says, in the customer's language if it is among those that there are."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from tidings.templates.formats import ever_shorter, nearest_formats
from tidings.templates.render import LAST_RESORT

Words = Mapping[str, str]

_PAGES: Final = files("tidings.feedback").joinpath("pages")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The page's words, and the language that they are in."""

    locale: str
    right_to_left: bool
    words: Words


@cache
def all_words() -> Mapping[str, Words]:
    """Every language's words."""
    found = {}
    for entry in _PAGES.iterdir():
        name, _, kind = entry.name.rpartition(".")
        if kind == "toml":
            found[name] = tomllib.loads(entry.read_text("utf-8"))
    return found


def spoken(*tags: str) -> Spoken:
    """The words in the first of these languages that there are words in, else in English.

    Args:
        tags: the customer's language, then the shop's.
    """
    known = all_words()
    locale = next((each for tag in (*tags, LAST_RESORT) for each in ever_shorter(tag) if each in known), LAST_RESORT)
    return Spoken(locale, nearest_formats(locale).right_to_left, known[locale])
