"""Lets a request lapse: the order has moved on, and what was asked for is not possible any more."""

from datetime import datetime

from tidings.changes.book import books_of
from tidings.changes.load import HeldRequest, approvals_of
from tidings.changes.outcome import POLICY, conclude
from tidings.changes.tables import ChangeRequestRow
from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder


async def lapse(tx: Tx, order: HeldOrder, row: ChangeRequestRow, at: datetime) -> None:
    """End a pending request of the order in hand; the customer is told."""
    books = await books_of(tx, row.storefront_id, [row.policy_version])
    held = HeldRequest(order, row, await approvals_of(tx, row), books[row.policy_version])
    await conclude(tx, held, "lapsed", By(POLICY, at))
