"""Begins a version: from nothing, from a built-in one, or from one of the shop's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tidings.kit.db import Tx
from tidings.kit.ids import new_id, parse
from tidings.kit.problem import Fault, InvalidInput, NotFound, Unavailable
from tidings.records.append import append
from tidings.templates.editions import digest_of
from tidings.templates.render import Templates
from tidings.templates.stored.built_in import built_in_body, built_in_milestone
from tidings.templates.stored.kinds import FIRST_OWN
from tidings.templates.stored.load import entry_of, version_by_id
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.tables import TemplateVersionRow
from tidings.templates.stored.wanted import Copied, TemplateDraft
from tidings.templates.stored.wording import said, taken_over

# How often somebody else may have taken the next number.
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Begun:
    """A version that is to be written down."""

    milestone: str
    hand: Hand
    body: dict[str, Any]
    based_on: str | None = None
    note: str | None = None


async def draft_template(
    tx: Tx, wanted: TemplateDraft, hand: Hand, *, templates: Templates, now: datetime
) -> TemplateVersionRow:
    """Begin a version; nothing is sent with it before it has been reviewed and published.

    Raises:
        InvalidInput: `based_on` is no version of this milestone, or a part of the words is missing or unknown.
    """
    body = await _beginning(tx, wanted, templates)
    patch: dict[str, Any] = {"wording": wanted.wording} | ({"layout": wanted.layout} if wanted.layout else {})
    body = said(body, patch, wanted.milestone, templates)
    row = await write_version(tx, Begun(wanted.milestone, hand, body, wanted.based_on, wanted.note), "draft", now)
    await append(tx, entry_of(row, "drafted", hand.actor, now, based_on=wanted.based_on))
    return row


async def write_version(tx: Tx, begun: Begun, status: str, now: datetime) -> TemplateVersionRow:
    """Write a version down under the milestone's next number."""
    of_milestone = (
        TemplateVersionRow.storefront_id == tx.scope.storefront_id,
        TemplateVersionRow.mode == tx.scope.mode,
        TemplateVersionRow.milestone == begun.milestone,
    )
    highest = select(func.coalesce(func.max(TemplateVersionRow.version), FIRST_OWN - 1) + 1).where(*of_milestone)
    for _ in range(_TRIES):
        made = insert(TemplateVersionRow).values(
            storefront_id=tx.scope.storefront_id,
            id=new_id(),
            mode=tx.scope.mode,
            milestone=begun.milestone,
            version=highest.scalar_subquery(),
            status=status,
            based_on=begun.based_on,
            wording=begun.body["wording"],
            layout=begun.body["layout"],
            warnings=[],
            sha256=digest_of(begun.milestone, begun.body["wording"], begun.body["layout"]),
            note=begun.note,
            revision=1,
            authors=[[begun.hand.actor, begun.hand.principal]],
            created_at=now,
            updated_at=now,
        )
        row: TemplateVersionRow | None = await tx.session.scalar(
            made.on_conflict_do_nothing().returning(TemplateVersionRow)
        )
        if row is not None:
            return row
    raise Unavailable


async def _beginning(tx: Tx, wanted: TemplateDraft, templates: Templates) -> dict[str, Any]:
    nothing: dict[str, Any] = {"wording": {}, "layout": None}
    if wanted.based_on is None:
        return nothing
    version_id = parse("tpl", wanted.based_on)
    milestone = built_in_milestone(templates, version_id)
    if milestone is None:
        return taken_over(await _own(tx, version_id, wanted.milestone), wanted.copied)
    if milestone != wanted.milestone:
        raise _foreign()
    # What is not taken over stays built-in, and goes on with tidings' own improvements.
    return nothing if wanted.copied is None else _without_layout(built_in_body(templates, milestone), wanted.copied)


def _without_layout(body: dict[str, Any], copied: Copied) -> dict[str, Any]:
    return taken_over(body, copied) | {"layout": None}


async def _own(tx: Tx, version_id: UUID | None, milestone: str) -> dict[str, Any]:
    try:
        row = await version_by_id(tx, version_id)
    except NotFound:
        raise _foreign() from None
    if row.milestone != milestone:
        raise _foreign()
    return {"wording": row.wording, "layout": row.layout}


def _foreign() -> InvalidInput:
    return InvalidInput(faults=[Fault("/based_on", "is not the id of a version of this milestone")])
