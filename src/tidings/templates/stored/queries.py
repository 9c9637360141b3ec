"""Finds versions of wording: the shop's own, the newest first, and after them those that come with tidings."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONPATH

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.storefronts.kinds import Channel, Milestone
from tidings.templates.render import Templates
from tidings.templates.stored.kinds import Origin
from tidings.templates.stored.schemas import TemplateVersion
from tidings.templates.stored.states import TemplateStatus
from tidings.templates.stored.tables import TemplateVersionRow
from tidings.templates.stored.told import built_in_told, version_told

_OWN, _BUILT_IN = "own", "built-in"


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """Which versions are asked for; None asks for any."""

    milestone: Milestone | None = None
    channel: Channel | None = None
    locale: str | None = None
    status: TemplateStatus | None = None
    origin: Origin | None = None


async def versions_page(tx: Tx, asked: TemplateFilter, window: Window, templates: Templates) -> Page[TemplateVersion]:
    """Versions of the transaction's storefront and mode."""
    kind, last = window.key(str, str) or (_OWN, "")
    found = (
        [] if kind == _BUILT_IN or asked.origin == "built-in" else await _own(tx, asked, _id(last), window.limit + 1)
    )
    items = [version_told(row) for row in found]
    if len(items) <= window.limit:
        room = window.limit + 1 - len(items)
        after = last if kind == _BUILT_IN else ""
        items += [built_in_told(templates, each) for each in _built_in(templates, asked, after)[:room]]
    shown = items[: window.limit]
    return Page(shown, _cursor(shown[-1]) if len(items) > window.limit else None)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _cursor(last: TemplateVersion) -> str:
    if last.origin == "built-in":
        return encode_cursor(_BUILT_IN, last.milestone)
    return encode_cursor(_OWN, last.id.removeprefix("tpl_"))


async def _own(tx: Tx, asked: TemplateFilter, after: UUID | None, limit: int) -> list[TemplateVersionRow]:
    table = TemplateVersionRow
    wanted = select(table).where(table.storefront_id == tx.scope.storefront_id, table.mode == tx.scope.mode)
    wanted = wanted.where(*_conditions(asked))
    if after is not None:
        wanted = wanted.where(table.id < after)
    return list(await tx.session.scalars(wanted.order_by(table.id.desc()).limit(limit)))


def _conditions(asked: TemplateFilter) -> list[ColumnElement[bool]]:
    table = TemplateVersionRow
    found: list[ColumnElement[bool]] = []
    if asked.milestone is not None:
        found.append(table.milestone == asked.milestone)
    if asked.status is not None:
        found.append(table.status == asked.status)
    if asked.channel is not None or asked.locale is not None:
        worded = func.jsonb_path_exists(table.wording, cast(_path(asked), JSONPATH))
        # A layout is the e-mail of every language.
        found.append(or_(worded, table.layout.is_not(None)) if asked.channel in {None, "email"} else worded)
    return found


def _path(asked: TemplateFilter) -> str:
    """The filter has checked both: they are names, and quoted all the same."""
    locale = f'"{asked.locale}"' if asked.locale else "*"
    return f"$.{locale}.{asked.channel}" if asked.channel else f"$.{locale}"


def _built_in(templates: Templates, asked: TemplateFilter, after: str) -> list[str]:
    if asked.origin == "shop" or asked.status not in {None, "published"}:
        return []
    return [
        name
        for name in sorted(templates.milestones)
        if name > after
        and asked.milestone in {None, name}
        and (asked.locale is None or asked.locale in templates.locales(name))
    ]
