"""Takes a version out: what is published gives way to the built-in wording, what is not yet is given up."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.records.append import append
from tidings.templates.stored.load import entry_of, refused_step, status_of, version_for_update
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.states import NEXT_OF_TEMPLATE
from tidings.templates.stored.tables import TemplateVersionRow


@dataclass(frozen=True, slots=True)
class RetireTemplate:
    """A version that is not wanted any more."""

    version_id: UUID | None
    hand: Hand
    reason: str | None = None


async def retire_template(tx: Tx, command: RetireTemplate, *, now: datetime) -> TemplateVersionRow:
    """Retire; messages that it has worded keep their words.

    Raises:
        NotFound: there is no such version.
        TemplateStep: it is retired already.
    """
    row = await version_for_update(tx, command.version_id)
    before = status_of(row)
    if "retired" not in NEXT_OF_TEMPLATE[before]:
        raise refused_step(row)
    row.status, row.updated_at = "retired", now
    row.retired_at, row.retired_by = now, command.hand.actor
    await tx.flush()
    data = {"was": before, "has_reason": command.reason is not None}
    entry = entry_of(row, "retired", command.hand.actor, now, **data)
    await append(tx, replace(entry, words={"reason": command.reason}))
    return row
