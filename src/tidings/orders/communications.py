"""Reads what was logged of communications made elsewhere."""

from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.orders.load import order_by_id
from tidings.orders.tables import CommunicationRow


async def communications_page(tx: Tx, order_id: UUID | None, window: Window) -> Page[CommunicationRow]:
    """Those of one order, in the order in which they were logged.

    Raises:
        NotFound: there is no such order.
    """
    order = await order_by_id(tx, order_id)
    wanted = select(CommunicationRow).where(
        CommunicationRow.storefront_id == tx.scope.storefront_id, CommunicationRow.order_id == order.row.id
    )
    after = window.key(UUID)
    if after is not None:
        wanted = wanted.where(CommunicationRow.id > after[0])
    rows = (await tx.session.scalars(wanted.order_by(CommunicationRow.id).limit(window.limit + 1))).all()
    items = rows[: window.limit]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > window.limit else None)
