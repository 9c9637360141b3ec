import pytest

from tests.db.documents.desk import Desk
from tests.db.documents.test_credit import credited
from tidings.documents.errors import DocumentIssued
from tidings.documents.issue_by_hand import IssueByHand, issue_by_hand
from tidings.orders.load import By


async def test_what_was_taken_back_can_be_issued_again(desk: Desk) -> None:
    order_id = await desk.delivered()
    by = By("staff/anna", desk.clock.now())
    async with desk.begin(desk.shop.scope) as tx:
        await issue_by_hand(tx, IssueByHand(order_id, "invoice"), by)
    with pytest.raises(DocumentIssued):
        async with desk.begin(desk.shop.scope) as tx:
            await issue_by_hand(tx, IssueByHand(order_id, "invoice"), by)
    await credited(desk, order_id, "rfd_1")
    async with desk.begin(desk.shop.scope) as tx:
        again = await issue_by_hand(tx, IssueByHand(order_id, "invoice"), by)
    assert (again.row.name, again.row.cause) == ("INV-000002", "by_hand:2")
