"""Finds one message by its id, as its storefront and mode see it."""

from uuid import UUID

from sqlalchemy import select

from tidings.delivery.tables import MessageRow
from tidings.kit.db import Tx
from tidings.kit.problem import NotFound


async def message_by_id(tx: Tx, message_id: UUID | None, *, lock: bool = False) -> MessageRow:
    """One message of the transaction's storefront and mode.

    Args:
        tx: the transaction.
        message_id: None when the caller named what cannot be a message.
        lock: hold it until the transaction ends.

    Raises:
        NotFound: there is no such message.
    """
    wanted = select(MessageRow).where(
        MessageRow.storefront_id == tx.scope.storefront_id,
        MessageRow.mode == tx.scope.mode,
        MessageRow.id == message_id,
    )
    if lock:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = (await tx.session.scalars(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return row
