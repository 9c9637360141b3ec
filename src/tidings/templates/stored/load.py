"""A version in hand: found, locked, and held to the way that it may go."""

from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.records.append import Entry
from tidings.templates.checks.examine import Version
from tidings.templates.stored.errors import TemplateAuthor, TemplateStep
from tidings.templates.stored.rules import Hand, may_be_author
from tidings.templates.stored.states import NEXT_OF_TEMPLATE, TemplateStatus
from tidings.templates.stored.tables import TemplateVersionRow

# The verb of each step, as callers know it.
_REVISE: Final = "change"


async def version_by_id(tx: Tx, version_id: UUID | None) -> TemplateVersionRow:
    """One version.

    Raises:
        NotFound: there is no such version in this storefront and mode.
    """
    return await _found(tx, version_id, lock=False)


async def version_for_update(tx: Tx, version_id: UUID | None) -> TemplateVersionRow:
    """One version, locked until the transaction ends.

    Raises:
        NotFound: there is no such version in this storefront and mode.
    """
    return await _found(tx, version_id, lock=True)


async def _found(tx: Tx, version_id: UUID | None, *, lock: bool) -> TemplateVersionRow:
    if version_id is None:
        raise NotFound
    wanted = select(TemplateVersionRow).where(
        TemplateVersionRow.storefront_id == tx.scope.storefront_id,
        TemplateVersionRow.mode == tx.scope.mode,
        TemplateVersionRow.id == version_id,
    )
    row = (await tx.session.scalars(wanted.with_for_update() if lock else wanted)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def lock_milestone(tx: Tx, milestone: str) -> list[TemplateVersionRow]:
    """All versions of a milestone, locked in one order: of two that publish at once, one is the second."""
    wanted = select(TemplateVersionRow).where(
        TemplateVersionRow.storefront_id == tx.scope.storefront_id,
        TemplateVersionRow.mode == tx.scope.mode,
        TemplateVersionRow.milestone == milestone,
    )
    locked = wanted.order_by(TemplateVersionRow.id).with_for_update()
    # Read anew: whoever held the lock before may have changed what was looked at without one.
    return list(await tx.session.scalars(locked, execution_options={"populate_existing": True}))


def require_step(row: TemplateVersionRow, to: TemplateStatus, verb: str) -> None:
    """Go on only if a version may go there from where it stands.

    Raises:
        TemplateStep: it may not.
    """
    arrows = NEXT_OF_TEMPLATE[status_of(row)]
    if arrows.get(to) != verb:
        raise refused_step(row)


def require_draft(row: TemplateVersionRow) -> None:
    """Words change in a draft alone.

    Raises:
        TemplateStep: it is none.
    """
    if row.status != "draft":
        raise refused_step(row)


def refused_step(row: TemplateVersionRow) -> TemplateStep:
    """The refusal, with what can be done."""
    verbs = list(NEXT_OF_TEMPLATE[status_of(row)].values())
    possible = [_REVISE, *verbs] if row.status == "draft" else verbs
    return TemplateStep(
        f"The version is {row.status}: {', '.join(possible) or 'nothing'} is possible.",
        template=wire("tpl", row.id),
        template_status=row.status,
        possible=possible,
    )


def refuse_author(row: TemplateVersionRow, hand: Hand) -> None:
    """Four eyes.

    Raises:
        TemplateAuthor: these hands have, or may have, written a part of it.
    """
    if may_be_author(hand, authors_of(row)):
        raise TemplateAuthor(template=wire("tpl", row.id), authors=sorted({author.actor for author in authors_of(row)}))


def authors_of(row: TemplateVersionRow) -> list[Hand]:
    """Who wrote a part of it."""
    return [Hand(actor, principal) for actor, principal in row.authors]


def status_of(row: TemplateVersionRow) -> TemplateStatus:
    """Where it stands; the database holds it to the known ones."""
    return cast("TemplateStatus", row.status)


def version_of(row: TemplateVersionRow) -> Version:
    """What it says, as it is examined."""
    return Version(row.milestone, row.version, row.wording, row.layout)


def entry_of(row: TemplateVersionRow, verb: str, actor: str, at: datetime, **data: Any) -> Entry:
    """The line of the trail about a version: its words by their digest, never themselves."""
    told = {"milestone": row.milestone, "version": row.version, "sha256": row.sha256}
    mode = cast("Mode", row.mode)
    return Entry(row.storefront_id, None, mode, f"template.{verb}", wire("tpl", row.id), actor, at, told | data)
