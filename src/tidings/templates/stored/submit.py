"""Submits a draft for review: if it is sound, in every language and with every sample order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.records.append import append
from tidings.templates.stored.examined import Examined
from tidings.templates.stored.load import entry_of, refused_step, require_step, version_for_update
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.tables import TemplateVersionRow


@dataclass(frozen=True, slots=True)
class SubmitTemplate:
    """A draft that is done, and what the examination came to."""

    version_id: UUID | None
    hand: Hand
    examined: Examined | None


async def submit_template(tx: Tx, command: SubmitTemplate, *, now: datetime) -> TemplateVersionRow:
    """From here on its words stay as they are, and wait for somebody who did not write them.

    Raises:
        NotFound: there is no such version.
        TemplateStep: it is no draft.
        TemplateFaulty: it is not sound.
        PreconditionFailed: it was changed while it was examined.
    """
    row = await version_for_update(tx, command.version_id)
    require_step(row, "in_review", "submit")
    if command.examined is None:
        raise refused_step(row)
    report = command.examined.require(row)
    row.status = "in_review"
    row.warnings = [[flaw.pointer, flaw.detail] for flaw in report.warnings]
    row.submitted_at, row.submitted_by, row.updated_at = now, command.hand.actor, now
    row.approved_at = row.approved_by = row.review_reason = None
    await tx.flush()
    await append(tx, entry_of(row, "submitted", command.hand.actor, now, warnings=len(row.warnings)))
    return row
