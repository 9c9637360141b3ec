"""HTML in its plain form: read without a guess, or not at all.

What is not well formed is mended by whoever reads it, each in their own way, and what is mended is not what was looked
at. So this knows the part of HTML alone that all read alike: attributes in quotes, comments that end where they seem
to, no `<` that begins nothing.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_S: Final = r"[ \t\n\r\f]"
_NAME: Final = "[a-z][a-z0-9:-]*"
_VALUE: Final = rf"""{_S}*={_S}*(?:"[^"]*"|'[^']*')"""
_ATTRIBUTE: Final = rf"{_S}+[a-z][a-z0-9_:.-]*(?:{_VALUE})?"
_TOKEN: Final = re.compile(
    r"(?P<words>[^<]+)"
    rf"|<(?P<name>{_NAME})(?P<attributes>(?:{_ATTRIBUTE})*){_S}*/?>"
    rf"|</{_NAME}{_S}*>"
    r"|<!--(?!-?>)(?P<comment>.*?)--(?P<odd>!?)>"
    r"|<!doctype html>",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_ATTRIBUTES: Final = re.compile(rf"{_S}+([^ \t\n\r\f=]+)({_VALUE})?", re.DOTALL)
# In them, nothing but their own end is a tag.
_UNREAD: Final = {
    name: re.compile(rf"([^<]*)</{name}{_S}*>", re.IGNORECASE | re.ASCII) for name in ("style", "script", "title")
}
_SHOWN: Final = 40


class NotPlain(ValueError):
    """Somebody may read it otherwise."""

    def __init__(self, rest: str) -> None:
        super().__init__(
            f"cannot be read for certain from {rest[:_SHOWN]!r} on: attributes stand in quotes, and < is written &lt;"
        )


@dataclass(frozen=True, slots=True)
class Element:
    """The beginning of one; in small letters, its values as they are meant."""

    name: str
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands between tags."""

    text: str
    # `style`, `script`, `title`; empty: any other element, or none.
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What stands in a comment."""

    text: str


def tokens_of(source: str) -> Iterator[Element | Words | Comment]:
    """What HTML is made of, in its order; ends of elements are left out.

    Raises:
        NotPlain: it is not in its plain form, from where the iterator has come to.
    """
    at = 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None or found["odd"]:
            raise NotPlain(source[at:])
        at = found.end()
        if found["words"] is not None:
            yield Words(found["words"])
        elif found["comment"] is not None:
            yield Comment(found["comment"])
        elif found["name"] is not None:
            name = found["name"].lower()
            yield Element(name, tuple(_attributes(found["attributes"])))
            if name in _UNREAD:
                inside = _UNREAD[name].match(source, at)
                if inside is None:
                    raise NotPlain(source[found.start() :])
                at = inside.end()
                yield Words(inside[1], name)


def _attributes(source: str) -> Iterator[tuple[str, str]]:
    for name, value in _ATTRIBUTES.findall(source):
        yield name.lower(), html.unescape(value.lstrip(" \t\n\r\f=")[1:-1])
