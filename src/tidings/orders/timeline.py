"""All that happened to an order, in its order: the audit trail, with the words of notes and communications put in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.ids import parse, wire
from tidings.kit.page import Page, Window
from tidings.orders.load import order_by_id
from tidings.orders.tables import CommunicationRow, NoteRow
from tidings.records.queries import trail_of_order


class Happening(BaseModel):
    """One thing that happened."""

    at: datetime = Field(description="When")
    kind: str = Field(description="What: the fact, or the record's kind", examples=["order.placed"])
    actor: str = Field(description="Who: a key's principal, `staff/…`, a provider, `system`", examples=["webshop"])
    subject: str = Field(description="What it is about", examples=["ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    data: dict[str, Any] = Field(description="Particulars; they differ from kind to kind", examples=[{"lines": 1}])


async def timeline_of(tx: Tx, order_id: UUID | None, window: Window) -> Page[Happening]:
    """What happened to an order, oldest first.

    Raises:
        NotFound: there is no such order.
    """
    order = await order_by_id(tx, order_id)
    trail = await trail_of_order(tx, order.row.id, window)
    subjects = [record.subject for record in trail.items]
    texts = await _notes(tx, order.row.id, subjects) | await _communications(tx, order.row.id, subjects)
    return Page(
        [
            Happening(
                at=record.at,
                kind=record.kind,
                actor=record.actor,
                subject=record.subject,
                data={**record.data, **texts.get(record.subject, {})},
            )
            for record in trail.items
        ],
        trail.next_cursor,
    )


async def _notes(tx: Tx, order_id: UUID, subjects: Sequence[str]) -> dict[str, dict[str, str]]:
    note_ids = [note_id for subject in subjects if (note_id := parse("nte", subject)) is not None]
    if not note_ids:
        return {}
    wanted = select(NoteRow).where(
        NoteRow.storefront_id == tx.scope.storefront_id, NoteRow.order_id == order_id, NoteRow.id.in_(note_ids)
    )
    return {wire("nte", note.id): {"text": note.text} for note in await tx.session.scalars(wanted)}


async def _communications(tx: Tx, order_id: UUID, subjects: Sequence[str]) -> dict[str, dict[str, str]]:
    ids = [said_id for subject in subjects if (said_id := parse("com", subject)) is not None]
    if not ids:
        return {}
    wanted = select(CommunicationRow).where(
        CommunicationRow.storefront_id == tx.scope.storefront_id,
        CommunicationRow.order_id == order_id,
        CommunicationRow.id.in_(ids),
    )
    found = await tx.session.scalars(wanted)
    return {wire("com", said.id): {"summary": said.summary, "at": said.at.isoformat()} for said in found}
