"""The page behind a link: the order's documents, to look at and keep. No script, nothing from elsewhere."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from tidings.documents.queries import Held
from tidings.documents.wording import Wording, wording_for
from tidings.kit.problem import Problem
from tidings.kit.signed import LinkExpired
from tidings.templates.cleaning import isolated

HEADERS: Final = {
    "cache-control": "private, no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}

# What is neither expired nor unknown is better soon.
_BY_STATUS: Final = {404: "link_invalid"}

_PAGE: Final = Markup(
    '<!doctype html><html lang="{lang}" dir="{direction}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>'
    "body{{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#222}}"
    "li{{margin:.6rem 0}}a{{color:inherit;font-weight:600}}small{{color:#555}}"
    "</style></head><body><main><h1>{title}</h1><p>{about}</p>{rows}</main></body></html>"
)
# Each fenced in: beside each other, number and size would read as one where the writing runs from the right.
_ROW: Final = Markup(
    '<li><a href="{token}/{document}">{kind} <bdi>{number}</bdi></a> <small><bdi>PDF, {size} KB</bdi></small></li>'
)


def documents_page(token: str, documents: Sequence[Held], ids: Sequence[str]) -> str:
    """The list of an order's documents that are made, in the customer's language.

    Args:
        token: the link's own, which leads on to each.
        documents: of one order, at least one.
        ids: their wire ids.
    """
    first = documents[0].row
    wording = wording_for(first.locale, first.input["shop"]["locale"])
    rows = Markup("").join(_row(token, held, name, wording) for held, name in zip(documents, ids, strict=True))
    number = isolated(first.input["order"]["number"], right_to_left=wording.formats.right_to_left)
    return _page(wording, "documents", wording("documents_of", number=number), Markup("<ul>{}</ul>").format(rows))


def refusal_page(refusal: Problem, *languages: str) -> str:
    """Why a link opens nothing, for a customer.

    Args:
        refusal: what a program is told instead.
        languages: those of the visitor's browser.
    """
    wording = wording_for(*languages)
    what = "link_expired" if isinstance(refusal, LinkExpired) else _BY_STATUS.get(refusal.status, "link_busy")
    return _page(wording, what, wording(f"{what}_text"))


def _page(wording: Wording, title: str, about: str, rows: str = "") -> str:
    direction = "rtl" if wording.formats.right_to_left else "ltr"
    return _PAGE.format(lang=wording.locale, direction=direction, title=wording(title), about=about, rows=rows)


def _row(token: str, held: Held, name: str, wording: Wording) -> Markup:
    size = 0 if held.file is None else -(-held.file.size // 1024)
    return _ROW.format(token=token, document=name, kind=wording(held.kind), number=held.row.name, size=size)
