"""Whether a layout's HTML is safe: nothing that runs or reaches out, and no value where it could turn into that.

What is filled in is escaped, which makes it safe between tags and inside quotes. It is not safe in an address
(`javascript:`), in a style or a script, in a comment, or where there are no quotes: there, only names whose values have
a form of their own may stand.
"""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

from tidings.templates.checks.vocabulary import COLORS, LINKS

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
_UNQUOTED: Final = re.compile(r"<[^<>]*=\s*\{[{%]")
_IN_NAME: Final = re.compile(r"<\s*/?[\w:-]*\{[{%]")
_CONDITION: Final = re.compile(r"^\[if [^\]]*\]>|<!\[endif\]$|^<!|<!$")
_LD_JSON: Final = "application/ld+json"
_DESCRIBED: Final = re.compile(r"\s*\{\{\s*markup\s*\}\}\s*")


def dangers_in(html: str) -> list[str]:
    """What in a layout, made HTML of, is not safe; in the order of the text.

    Args:
        html: with its tags in braces as they are.
    """
    found = [*_between_the_lines(html)]
    reader = _Reader(_ELEMENTS)
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys([*found, *reader.found]))


def _between_the_lines(html: str) -> Iterator[str]:
    if _UNQUOTED.search(html):
        yield "has an attribute whose value is filled in and stands in no quotes"
    if _IN_NAME.search(html):
        yield "has an element whose name is filled in"


class _Reader(HTMLParser):
    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._allowed = allowed
        self._inside = ""
        self._script = ""

    @override
    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in {"style", "script"} else ""
        self._script = ""
        if tag not in self._allowed and not tag.startswith("o:"):
            self.found.append(f"has a <{tag[:40]}> element")
        if tag == "script" and dict(attrs) != {"type": _LD_JSON}:
            self.found.append("has a script")
        if tag == "meta" and any(name == "http-equiv" and (value or "").lower() in _STEERS for name, value in attrs):
            self.found.append("has a <meta> that steers the reader")
        for name, value in attrs:
            self.found += _in_attribute(tag, name, value or "")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and not _DESCRIBED.fullmatch(self._script):
            self.found.append("has a script")
        self._inside = self._script = ""

    @override
    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.found += _in_style(data)
        elif self._inside == "script":
            self._script += data

    @override
    def handle_comment(self, data: str) -> None:
        if set(_TAG.findall(data)) - COLORS - LINKS:
            self.found.append("fills something in inside a comment")
        # What only Outlook reads is read here all the same.
        inside = _Reader(self._allowed | _FOR_OUTLOOK)
        inside.feed(_CONDITION.sub("", data.strip()))
        inside.close()
        self.found += inside.found


# `Content-Type` and `X-UA-Compatible` are every e-mail's.
_STEERS: Final = frozenset({"refresh", "set-cookie", "content-security-policy", "default-style"})


def _in_attribute(tag: str, name: str, value: str) -> Iterator[str]:
    if "{" in name or "%" in name:
        yield f"has a tag in braces among the attributes of <{tag}>"
    elif name.startswith("on"):
        yield f"has {name}, which runs something"
    elif name in _ADDRESSES:
        if value and not any(form.fullmatch(value.strip()) for form in (_LINK, _FILLED_LINK, _FILLED_WAY)):
            yield f"has a {name} of <{tag}> that is neither a web address nor one of {', '.join(sorted(LINKS))}"
    elif name == "style":
        yield from _in_style(value)


def _in_style(css: str) -> Iterator[str]:
    if set(_TAG.findall(css)) - COLORS:
        yield "fills something other than a colour in into a style"
    if _IN_STYLE.search(css) or _URL.search(css):
        yield "has a style that reaches out or runs something"
