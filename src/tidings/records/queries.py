"""Reads the audit trail."""

from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.records.tables import RecordRow


async def trail_of_order(tx: Tx, order_id: UUID, window: Window) -> Page[RecordRow]:
    """The records about one order of the transaction's storefront, in the order in which they were written."""
    wanted = select(RecordRow).where(
        RecordRow.storefront_id == tx.scope.storefront_id,
        RecordRow.order_id == order_id,
        RecordRow.mode == tx.scope.mode,
    )
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(RecordRow.id > after[0])
    rows = (await tx.session.scalars(wanted.order_by(RecordRow.id).limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)


async def last_of_kind(tx: Tx, order_id: UUID, kind: str) -> RecordRow | None:
    """The newest record of a kind about one order of the transaction's storefront."""
    wanted = select(RecordRow).where(
        RecordRow.storefront_id == tx.scope.storefront_id, RecordRow.order_id == order_id, RecordRow.kind == kind
    )
    return (await tx.session.scalars(wanted.order_by(RecordRow.id.desc()).limit(1))).one_or_none()


async def records_about(tx: Tx, order_id: UUID, subject: str) -> list[RecordRow]:
    """The records of one order that are about this subject, or name it as their message, oldest first."""
    about = (RecordRow.subject == subject) | (RecordRow.data["message"].astext == subject)
    wanted = select(RecordRow).where(
        RecordRow.storefront_id == tx.scope.storefront_id, RecordRow.order_id == order_id, about
    )
    return list(await tx.session.scalars(wanted.order_by(RecordRow.id)))
