"""A reviewer's word: approved by somebody who did not write it, or back to be a draft."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.records.append import append
from tidings.templates.stored.errors import TemplateReviewed
from tidings.templates.stored.kinds import ReviewOutcome
from tidings.templates.stored.load import entry_of, refuse_author, require_step, version_for_update
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.tables import TemplateVersionRow


@dataclass(frozen=True, slots=True)
class ReviewTemplate:
    """Somebody's word on a version."""

    version_id: UUID | None
    hand: Hand
    outcome: ReviewOutcome
    reason: str | None = None


async def review_template(tx: Tx, command: ReviewTemplate, *, now: datetime) -> TemplateVersionRow:
    """Approve or reject; an author may take their own back, and never approves it.

    Raises:
        NotFound: there is no such version.
        TemplateStep: it is not in review.
        TemplateAuthor: the approver has written a part of it.
        TemplateReviewed: somebody else has approved it already.
        InvalidInput: a rejection without a reason.
    """
    row = await version_for_update(tx, command.version_id)
    require_step(row, "draft", "reject")
    if command.outcome == "approved":
        refuse_author(row, command.hand)
        if row.approved_by is not None:
            raise TemplateReviewed(template=wire("tpl", row.id), approved_by=row.approved_by)
        row.approved_at, row.approved_by = now, command.hand.actor
    else:
        if command.reason is None:
            raise InvalidInput(faults=[Fault("/reason", "is required: the authors want to know")])
        row.status = "draft"
        row.approved_at = row.approved_by = None
        row.revision += 1
    row.review_reason, row.updated_at = command.reason, now
    await tx.flush()
    # The version tells the latest word alone; a submission takes it away.
    entry = entry_of(row, command.outcome, command.hand.actor, now, has_reason=command.reason is not None)
    await append(tx, replace(entry, words={"reason": command.reason}))
    return row
