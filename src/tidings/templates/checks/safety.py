"""Whether a layout's HTML is safe: nothing that runs or reaches out, and no value where it could turn into that.

What is filled in is escaped, which makes it safe between tags and inside quotes. It is not safe in an address
(`javascript:`), in a style or a script, in a comment, or where there are no quotes: there, only names whose values have
a form of their own may stand, or none.

What is looked at is what will be sent (as_sent.py), in a form that everybody reads alike (plain_html.py). A choice or a
repetition begins, turns and ends in the same place: between elements, in one quoted value, in the title, or in what is
for Outlook alone. So what comes of it is made of the same tags whatever an order leaves out or repeats, and to have
read all of it in a row is to have read every message that it makes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from jinja2 import TemplateError

from tidings.templates.checks.as_sent import MARK, as_sent
from tidings.templates.checks.plain_html import Comment, Element, NotPlain, Words, tokens_of
from tidings.templates.checks.vocabulary import COLORS, LINKS
from tidings.templates.compiling import hides_in

# What mail is made of; all else is refused by name.
_ELEMENTS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        html head title meta style body table caption colgroup col tbody thead tfoot tr td th div span p a img br hr
        h1 h2 h3 h4 h5 h6 ul ol li dl dt dd strong b em i u s del ins small sub sup address blockquote center pre code
        abbr font main section article header footer nav time cite q wbr script
        """,
    )
)
# What stands in comments for Outlook alone.
_FOR_OUTLOOK: Final = frozenset({"noscript", "xml", "v:rect", "v:fill", "v:roundrect", "v:textbox", "v:image"})
_ADDRESSES: Final = frozenset({"href", "src", "srcset", "background", "action", "formaction", "cite", "poster", "data"})

_TAG: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LINK: Final = re.compile(r"https?://[^\s{}]+|#[\w-]*|mailto:[^\s{}<>\"']+|tel:[+\d]+", re.IGNORECASE)
_FILLED_LINK: Final = re.compile(r"\{\{\s*(?:" + "|".join(sorted(LINKS)) + r")\s*\}\}")
_FILLED_WAY: Final = re.compile(r"mailto:\{\{\s*shop_email\s*\}\}|tel:\{\{\s*shop_phone_dialled\s*\}\}")
_IN_STYLE: Final = re.compile(r"javascript:|expression\s*\(|behavior\s*:|-moz-binding|@import|\\|<", re.IGNORECASE)
_URL: Final = re.compile(r"url\(\s*['\"]?(?!https://)", re.IGNORECASE)
_CONDITION: Final = re.compile(r"^\[if [^\]{}]*\]>|<!\[endif\]$|<!$")
# Where it could make or unmake the end of a comment.
_AT_ITS_ENDS: Final = re.compile(r"(?:^|[-!])\{[{%]")
# What is let stand where nothing else may, so that nothing else may go by its name.
_TRUSTED: Final = COLORS | LINKS | {"shop_email", "shop_phone_dialled", "markup"}
_LD_JSON: Final = "application/ld+json"
_DESCRIBED: Final = re.compile(r"\s*\{\{\s*markup\s*\}\}\s*")


def dangers_in(html: str) -> list[str]:
    """What in a layout, made HTML of, is not safe; in the order of the text.

    Args:
        html: with its tags in braces as they are.
    """
    try:
        sent = as_sent(html)
    except (TemplateError, RecursionError):
        return ["cannot be read, and so not looked at"]
    found = [f"calls what it repeats over {name}, which stands for something else" for name in sent.renamed & _TRUSTED]
    if hides_in(html):
        found.append("has a comment in braces or {% raw %}, which hides what is sent")
    reader = _Reader()
    reader.read(sent.html, _ELEMENTS)
    return list(dict.fromkeys([*sorted(found), *reader.found, *reader.astray()]))


class _Reader:
    def __init__(self) -> None:
        self.found: list[str] = []
        # Where a choice or repetition has marks.
        self._places: defaultdict[str, set[str]] = defaultdict(set)
        self._elements = 0

    def read(self, html: str, allowed: frozenset[str], place: str = "") -> None:
        """Read on, with so many elements allowed."""
        try:
            for token in tokens_of(html):
                match token:
                    case Element():
                        self._element(token, allowed)
                    case Words():
                        self._words(token, place)
                    case Comment():
                        self._comment(token.text)
        except NotPlain as refusal:
            self.found.append(str(refusal))

    def astray(self) -> Iterator[str]:
        """Told once all is read."""
        if any(len(places) > 1 for places in self._places.values()):
            yield "has a choice or repetition that does not end where it begins: between elements, or in one value"

    def _element(self, element: Element, allowed: frozenset[str]) -> None:
        tag, attributes = element.name, element.attributes
        self._elements += 1
        if tag not in allowed and not tag.startswith("o:"):
            self.found.append(f"has a <{tag[:40]}> element")
        if tag == "script" and attributes != (("type", _LD_JSON),):
            self.found.append("has a script")
        if tag == "meta" and any(name == "http-equiv" and _steers(value) for name, value in attributes):
            self.found.append("has a <meta> that steers the reader")
        for name, value in attributes:
            self._mark(value, f"{self._elements} {name}")
            self.found += _in_attribute(tag, name, value)

    def _words(self, words: Words, place: str) -> None:
        self._mark(words.text, f"{place} {words.inside}")
        if words.inside == "style":
            self.found += _in_style(words.text)
        elif words.inside == "script":
            if not _DESCRIBED.fullmatch(words.text):
                self.found.append("has a script")
        elif place and _TAG.search(words.text):
            self.found.append("fills something in inside a comment")

    def _comment(self, text: str) -> None:
        if set(_TAG.findall(text)) - COLORS - LINKS or _AT_ITS_ENDS.search(text):
            self.found.append("fills something in inside a comment")
        # What only Outlook reads is read here all the same.
        self.read(_CONDITION.sub("", text.strip()), _ELEMENTS | _FOR_OUTLOOK, "comment")

    def _mark(self, text: str, place: str) -> None:
        for number in MARK.findall(text):
            self._places[number].add(place)


# `Content-Type` and `X-UA-Compatible` are every e-mail's.
_STEERS: Final = frozenset({"refresh", "set-cookie", "content-security-policy", "default-style"})


def _steers(value: str) -> bool:
    return value.strip().lower() in _STEERS or "{" in value


def _in_attribute(tag: str, name: str, value: str) -> Iterator[str]:
    if "markup" in _TAG.findall(value):
        yield "fills markup in outside of its script"
    if name.startswith("on"):
        yield f"has {name}, which runs something"
    elif name in _ADDRESSES:
        if value and not any(form.fullmatch(value.strip()) for form in (_LINK, _FILLED_LINK, _FILLED_WAY)):
            yield f"has a {name} of <{tag}> that is neither a web address nor one of {', '.join(sorted(LINKS))}"
    elif name == "style":
        yield from _in_style(value)


def _in_style(css: str) -> Iterator[str]:
    if set(_TAG.findall(css)) - COLORS:
        yield "fills something other than a colour in into a style"
    if MARK.search(css):
        yield "has a choice or repetition inside a style"
    if _IN_STYLE.search(css) or _URL.search(css):
        yield "has a style that reaches out or runs something"
