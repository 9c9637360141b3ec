"""Somebody of the staff says what is to be improved of a template."""

from dataclasses import dataclass
from datetime import datetime

from tidings.feedback.tables import TemplateCommentRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.records.append import Entry, append
from tidings.storefronts.kinds import Channel, Milestone


@dataclass(frozen=True, slots=True)
class CommentOnTemplate:
    """This is to be said of it; what is None is meant as a whole."""

    milestone: Milestone
    comment: str
    actor: str
    channel: Channel | None = None
    locale: str | None = None
    version: int | None = None


async def comment_on_template(tx: Tx, said: CommentOnTemplate, *, now: datetime) -> TemplateCommentRow:
    """Keep it for the next review."""
    row = TemplateCommentRow(
        storefront_id=tx.scope.storefront_id,
        id=new_id(),
        milestone=said.milestone,
        channel=said.channel,
        locale=said.locale,
        version=said.version,
        comment=said.comment,
        actor=said.actor,
        at=now,
    )
    tx.session.add(row)
    await tx.flush()
    await append(tx, _entry(row))
    return row


def _entry(row: TemplateCommentRow) -> Entry:
    comment = wire("tcm", row.id)
    return Entry(
        storefront_id=row.storefront_id,
        order_id=None,
        # Wording is the same in both modes.
        mode=None,
        kind="template.commented",
        subject=comment,
        actor=row.actor,
        at=row.at,
        # What was said stays beside the trail.
        data={
            "comment": comment,
            "milestone": row.milestone,
            "channel": row.channel,
            "locale": row.locale,
            "version": row.version,
        },
    )
