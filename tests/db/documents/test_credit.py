"""An invoice is taken back by credit notes: once for each cause, never more than it came to."""

from uuid import UUID

from tests.db.documents.desk import Desk
from tidings.documents.credit import credit_invoice, uncredited
from tidings.documents.queries import Held
from tidings.orders.load import By, order_for_update


async def credited(desk: Desk, order_id: UUID, cause: str, amount: int | None = None) -> list[Held]:
    async with desk.begin(desk.shop.scope) as tx:
        order = await order_for_update(tx, order_id)
        issued = await credit_invoice(tx, order, By("system", desk.clock.now()), cause=cause, amount=amount)
    return list(issued.documents)


async def test_what_goes_back_is_credited_once_and_with_its_share_of_the_tax(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    (note,) = await credited(desk, order_id, "rfd_1", 2000)
    assert (note.row.name, note.row.credits, note.row.gross) == ("CRN-000001", invoice.row.id, 2000)
    assert await credited(desk, order_id, "rfd_1", 2000) == []
    (rest,) = await credited(desk, order_id, "rfd_2", 99_999)
    assert (note.row.net + rest.row.net, note.row.tax + rest.row.tax) == (invoice.row.net, invoice.row.tax)
    assert await credited(desk, order_id, "rfd_3", 1) == [], "nothing is left"


async def test_without_an_invoice_nothing_is_credited(desk: Desk) -> None:
    order_id = await desk.delivered()
    assert await credited(desk, order_id, "rfd_1", 100) == []
    assert await left(desk, order_id) == 0


async def left(desk: Desk, order_id: UUID) -> int:
    async with desk.begin(desk.shop.scope) as tx:
        return await uncredited(tx, await order_for_update(tx, order_id))


async def test_what_is_left_is_what_no_note_has_taken_back(desk: Desk) -> None:
    order_id = await desk.delivered()
    await desk.complete(order_id)
    await credited(desk, order_id, "rfd_1", 2000)
    await credited(desk, order_id, "rfd_2", 960)
    assert await left(desk, order_id) == 4000
    await credited(desk, order_id, "rfd_3")
    assert await left(desk, order_id) == 0
