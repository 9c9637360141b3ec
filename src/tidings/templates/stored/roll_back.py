"""Brings the words of an earlier version back, at once: they were reviewed and published before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.records.append import append
from tidings.templates.stored.draft import Begun, write_version
from tidings.templates.stored.errors import TemplateNeverPublished
from tidings.templates.stored.examined import Examined
from tidings.templates.stored.load import authors_of, entry_of, lock_milestone, refused_step, version_by_id
from tidings.templates.stored.publish import make_published
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.tables import TemplateVersionRow


@dataclass(frozen=True, slots=True)
class RollBackTemplate:
    """The earlier version that is wanted again."""

    version_id: UUID | None
    hand: Hand
    examined: Examined | None


async def roll_back_template(tx: Tx, command: RollBackTemplate, *, now: datetime) -> TemplateVersionRow:
    """Publish its words anew, as a new version: numbers only go up, and each has said one thing.

    Raises:
        NotFound: there is no such version.
        TemplateStep: it is not retired.
        TemplateNeverPublished: it never was in force.
        TemplateFaulty: what has changed since makes it unsound.
    """
    milestone = (await version_by_id(tx, command.version_id)).milestone
    versions = await lock_milestone(tx, milestone)
    earlier = next(each for each in versions if each.id == command.version_id)
    if command.examined is None or earlier.status != "retired":
        raise refused_step(earlier)
    if earlier.published_at is None:
        raise TemplateNeverPublished(template=wire("tpl", earlier.id))
    report = command.examined.require(earlier)
    body = {"wording": earlier.wording, "layout": earlier.layout}
    begun = Begun(earlier.milestone, authors_of(earlier)[0], body, wire("tpl", earlier.id), earlier.note)
    row = await write_version(tx, begun, "in_review", now)
    row.authors = earlier.authors
    row.submitted_at, row.submitted_by = now, command.hand.actor
    row.approved_at, row.approved_by = earlier.approved_at, earlier.approved_by
    row.compiled = None if report.layout is None else report.layout.stored()
    await append(tx, entry_of(row, "rolled_back", command.hand.actor, now, to=wire("tpl", earlier.id)))
    await make_published(tx, row, versions, command.hand.actor, now, rolled_back_to=wire("tpl", earlier.id))
    return row
