"""Changes the words of a draft; whoever does has written a part of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.etag import check_if_match
from tidings.records.append import append
from tidings.templates.editions import digest_of
from tidings.templates.render import Templates
from tidings.templates.stored.load import authors_of, entry_of, require_draft, version_for_update
from tidings.templates.stored.rules import Hand
from tidings.templates.stored.tables import TemplateVersionRow
from tidings.templates.stored.wording import said


@dataclass(frozen=True, slots=True)
class ReviseTemplate:
    """A merge patch upon a draft."""

    version_id: UUID | None
    hand: Hand
    # What was named in the request: `wording`, `layout`, `note`.
    patch: dict[str, Any]
    if_match: str | None = None


async def revise_template(
    tx: Tx, command: ReviseTemplate, *, templates: Templates, now: datetime
) -> TemplateVersionRow:
    """Lay a patch upon a draft.

    Raises:
        NotFound: there is no such version.
        PreconditionFailed: the caller knows another revision of it.
        TemplateStep: it is no draft.
        InvalidInput: after the patch, a part of the words is missing or unknown.
    """
    row, patch = await version_for_update(tx, command.version_id), command.patch
    check_if_match(command.if_match, row.revision)
    require_draft(row)
    words: dict[str, Any] = {name: patch[name] for name in ("wording", "layout") if name in patch}
    if "wording" in words and words["wording"] is None:
        words["wording"] = dict.fromkeys(row.wording)
    body = said({"wording": row.wording, "layout": row.layout}, words, row.milestone, templates)
    note = patch.get("note", row.note)
    if (body["wording"], body["layout"], note) == (row.wording, row.layout, row.note):
        return row
    row.wording, row.layout, row.note = body["wording"], body["layout"], note
    row.sha256 = digest_of(row.milestone, row.wording, row.layout)
    row.revision += 1
    row.updated_at = now
    if command.hand not in authors_of(row):
        row.authors = [*row.authors, [command.hand.actor, command.hand.principal]]
    await tx.flush()
    await append(tx, entry_of(row, "changed", command.hand.actor, now, revision=row.revision))
    return row
