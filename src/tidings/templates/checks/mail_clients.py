"""Whether the large mail clients support what a layout uses (mail_clients.toml, derived from caniemail's data).

What most of them lack is refused: nobody would see what was meant. What some lack is told: it must look well without.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from typing_extensions import override

FILE: Final = Path(__file__).with_name("mail_clients.toml")
# Of ten.
TOO_MANY: Final = 6
# MJML's own button has it; without it, nothing looks or reads differently.
_NO_LOSS: Final = frozenset({"cursor"})

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE: Final = re.compile(r"@[a-z-]+", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"(?:^|[;{\s])(-?[a-z][a-z-]*)\s*:\s*([^;{}]+)", re.IGNORECASE)
# By what they are called, where it is not by nature of a property: these stand for other things in the data.
_NO_PROPERTIES: Final = frozenset({"left", "right", "bottom", "inert", "height", "system-ui"})


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that clients do not support."""

    feature: str
    clients: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        """Whether most of them do not, and something is lost by it."""
        return len(self.clients) >= TOO_MANY and self.feature not in _NO_LOSS

    @override
    def __str__(self) -> str:
        return f"uses {self.feature}, not supported by {', '.join(self.clients)}"


@cache
def _lacks() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    read = tomllib.loads(FILE.read_text("utf-8"))
    return {kind: {name: tuple(clients) for name, clients in features.items()} for kind, features in read.items()}


def lacks_in(html: str) -> list[Lack]:
    """What a layout uses and mail clients lack, each once.

    Args:
        html: made of MJML; its comments, which only Outlook reads, are left out.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(reader.found))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Lack] = []
        self._in_style = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if clients := _lacks()["element"].get(tag):
            self.found.append(Lack(f"<{tag}>", clients))
        for name, value in attrs:
            if name == "style":
                self.found += _in_css(value or "")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    @override
    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += _in_css(data)


def _in_css(css: str) -> Iterator[Lack]:
    known, css = _lacks(), _COMMENT.sub("", css).lower()
    for rule in _RULE.findall(css):
        if clients := known["rule"].get(rule):
            yield Lack(rule, clients)
    for name, value in _DECLARATION.findall(css):
        declaration = f"{name}:{value.split('!')[0].strip()}"
        if clients := known["declaration"].get(declaration):
            yield Lack(declaration, clients)
        elif name not in _NO_PROPERTIES and (clients := known["property"].get(name)):
            yield Lack(name, clients)
