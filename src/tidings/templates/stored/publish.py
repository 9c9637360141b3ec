"""Publishes a version: what is worded from now on is worded by it, and what was published before is retired."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import append
from tidings.templates.stored.errors import TemplateNotApproved
from tidings.templates.stored.examined import Examined
from tidings.templates.stored.load import (
    entry_of,
    lock_milestone,
    refuse_author,
    refused_step,
    require_step,
    version_by_id,
)  # fmt: skip
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.tables import TemplateVersionRow


@dataclass(frozen=True, slots=True)
class PublishTemplate:
    """A version that has been approved, and what the examination came to: it may be a new release's by now."""

    version_id: UUID | None
    hand: Hand
    examined: Examined | None


async def publish_template(tx: Tx, command: PublishTemplate, *, now: datetime) -> TemplateVersionRow:
    """Publish; messages that were worded before keep what they have.

    Raises:
        NotFound: there is no such version.
        TemplateStep: it is not in review.
        TemplateAuthor: the publisher has written a part of it.
        TemplateNotApproved: nobody has approved it.
        TemplateFaulty: it is not sound.
    """
    milestone = (await version_by_id(tx, command.version_id)).milestone
    versions = await lock_milestone(tx, milestone)
    row = next(each for each in versions if each.id == command.version_id)
    require_step(row, "published", "publish")
    refuse_author(row, command.hand)
    if row.approved_by is None:
        raise TemplateNotApproved(template=wire("tpl", row.id))
    if command.examined is None:
        raise refused_step(row)
    report = command.examined.require(row)
    row.compiled = None if report.layout is None else report.layout.stored()
    await make_published(tx, row, versions, command.hand.actor, now)
    return row


async def make_published(
    tx: Tx, row: TemplateVersionRow, versions: list[TemplateVersionRow], actor: str, now: datetime, **data: str
) -> None:
    """Put a version in force, in the place of the one that was."""
    before = next((each for each in versions if each.status == "published"), None)
    if before is not None:
        before.status, before.updated_at = "retired", now
        before.retired_at, before.retired_by = now, actor
        # The place is taken only once it is free.
        await tx.flush()
        await append(tx, entry_of(before, "retired", actor, now, replaced_by=wire("tpl", row.id)))
    row.status, row.updated_at = "published", now
    row.published_at, row.published_by = now, actor
    await tx.flush()
    replaces = {} if before is None else {"replaces": wire("tpl", before.id)}
    approved = {"approved_by": row.approved_by} if row.approved_by else {}
    await append(tx, entry_of(row, "published", actor, now, **replaces, **approved, **data))
