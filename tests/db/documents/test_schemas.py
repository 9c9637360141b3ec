from tests.db.documents.desk import Desk
from tidings.documents.schemas import document_told, file_name


async def test_a_document_is_told_with_its_file_once_that_is_made(desk: Desk) -> None:
    await desk.rule(series={"invoice": "A/B-"})
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    assert document_told(invoice).file is None
    await desk.make()
    told = document_told((await desk.documents(order_id))[0])
    assert told.file is not None
    assert (told.number, told.file.name) == ("A/B-000001", "A-B-000001.pdf")
    assert file_name(invoice) == "A-B-000001.pdf", "no name leads into another folder"
