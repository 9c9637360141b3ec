"""The feedback page as HTML: one file, no script, nothing from elsewhere; pure."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from tidings.feedback.kinds import MOST_LETTERS, RATINGS
from tidings.feedback.wording import Spoken
from tidings.templates.cleaning import clean, color, ink_on, isolated
from tidings.templates.letterhead import DEFAULT_COLOR

_templates: Final = Environment(
    loader=PackageLoader("tidings.feedback", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps the form from being taken."""

    # The element that it is about.
    field: str
    what: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, before it is laid out."""

    spoken: Spoken
    # Of the page's words: what it is headed by, and what stands below.
    heading: str
    lines: Sequence[str] = ()
    # None where nobody knows whose page it would be.
    shop: str | None = None
    brand_color: str | None = None
    number: str | None = None
    # Whether the form is on it, and as it was sent before.
    asks: bool = False
    rating: int | None = None
    comment: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it goes out."""

    html: str
    # The header fields that it must go out with.
    policy: str


def laid_out(sheet: Sheet) -> Page:
    """The page, and the content security policy that lets nothing in but its own style."""
    words, shop = sheet.spoken.words, clean(sheet.shop or "", 100)
    style = _style(color(sheet.brand_color, DEFAULT_COLOR))
    html = _templates.get_template("page.html").render(
        lang=sheet.spoken.locale,
        direction="rtl" if sheet.spoken.right_to_left else "ltr",
        style=style,
        words=words,
        heading=words[sheet.heading],
        lines=[words[line] for line in sheet.lines],
        shop=shop,
        about=_about(sheet, shop) if sheet.number else "",
        asks=sheet.asks,
        ratings=RATINGS[::-1],
        rating=sheet.rating,
        comment=sheet.comment,
        fault=sheet.fault,
        most=MOST_LETTERS,
    )
    return Page(html, _policy(style))


def _about(sheet: Sheet, shop: str) -> str:
    fenced = {
        name: isolated(text, right_to_left=sheet.spoken.right_to_left)
        for name, text in (("number", clean(sheet.number or "", 60)), ("shop", shop))
    }
    # Not `format`: what is filled in may hold braces, and nothing is looked up in it.
    number, shop = fenced["number"], fenced["shop"]
    before, _, rest = sheet.spoken.words["about"].partition("{shop}")
    return before.replace("{number}", number) + shop + rest.replace("{number}", number)


@cache
def _css() -> str:
    return files("tidings.feedback").joinpath("pages", "page.css").read_text("utf-8")


def _style(brand: str) -> str:
    """The colour is six digits: nothing else comes into the style from outside."""
    return f":root{{--brand:{brand};--ink:{ink_on(brand)}}}\n{_css()}"


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
