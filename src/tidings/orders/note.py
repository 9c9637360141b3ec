"""Writes down what staff want to remember about an order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, fact_of, order_for_update
from tidings.orders.tables import NoteRow
from tidings.records.digests import salted


@dataclass(frozen=True, slots=True)
class WriteNote:
    """Write this about that order."""

    order_id: UUID | None
    text: str
    actor: str


async def write_note(tx: Tx, command: WriteNote, *, now: datetime) -> NoteRow:
    """Keep a note; the order itself does not change, whatever its status.

    Raises:
        NotFound: there is no such order.
    """
    order = await order_for_update(tx, command.order_id)
    link = salted(command.text)
    note = NoteRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=new_id(),
        actor=command.actor,
        text=command.text,
        salt=link.salt,
        written_at=now,
    )
    tx.session.add(note)
    # The text stays in the note: records hold no personal data, and a note may.
    about = About(subject=wire("nte", note.id), data={"text_digest": link.digest})
    await follow(tx, [fact_of(order, "note.written", By(command.actor, now), about)])
    return note
