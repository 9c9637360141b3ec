from tests.db.documents.desk import Desk
from tests.db.documents.test_credit import credited
from tidings.documents.queries import DocumentFilter, documents_page, is_credited, standing
from tidings.kit.page import Window


async def test_what_stands_is_the_newest_that_was_not_taken_back(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    await credited(desk, order_id, "rfd_1", 10)
    found = standing(await desk.documents(order_id), "invoice")
    assert found is not None
    assert found.row.id == invoice.row.id
    await credited(desk, order_id, "rfd_2")
    documents = await desk.documents(order_id)
    assert is_credited(invoice.row, documents)
    assert standing(documents, "invoice") is None
    assert standing(documents, "receipt") is None


async def test_a_list_is_never_with_the_bytes(desk: Desk) -> None:
    await desk.complete(await desk.delivered())
    await desk.make()
    async with desk.begin.reading(desk.shop.scope) as tx:
        page = await documents_page(tx, DocumentFilter(), Window(limit=1))
    (held,) = page.items
    assert held.file is not None
    assert "content" not in held.file.__dict__
    assert page.next_cursor is not None
