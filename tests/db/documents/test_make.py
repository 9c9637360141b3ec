"""Files are made after the commit, once, and whatever waits for them goes when they are there."""

import hashlib
from datetime import timedelta

import pytest

from tests.db.documents.desk import Desk
from tests.fixtures.documents import InlinePress, Shelf
from tests.fixtures.facts import tasks, told
from tidings.documents.ports import Sheet, StoreAway, Unprintable
from tidings.outbox.fetch import LeaseLost


async def test_files_are_made_and_the_message_goes_with_the_last_of_them(desk: Desk) -> None:
    order_id = await desk.delivered()
    await desk.complete(order_id)
    first, second = await desk.fetched()
    await desk.carry_out(first)
    assert await desk.waits(order_id)
    await desk.carry_out(second)
    assert not await desk.waits(order_id)
    for held in await desk.documents(order_id):
        assert held.file is not None
        assert (held.file.media_type, held.file.store) == ("application/pdf", "database")
    rows = await told(desk.begin, "SELECT content, sha256, size FROM document_files ORDER BY document_id")
    for row in rows:
        assert row["content"].startswith(b"%PDF-1.7")
        assert (hashlib.sha256(row["content"]).digest(), len(row["content"])) == (row["sha256"], row["size"])
    assert await desk.make() == 0


async def test_the_same_document_is_the_same_bytes_whenever_it_is_made(desk: Desk) -> None:
    await desk.complete(await desk.delivered())
    errand, _ = await desk.fetched()
    await desk.carry_out(errand)
    sheet = desk.press.printed[0]
    desk.clock.advance(timedelta(days=400))
    (row,) = await told(desk.begin, "SELECT content FROM document_files")
    assert await InlinePress().print(sheet) == row["content"]


async def test_of_two_who_make_it_one_is_kept(desk: Desk) -> None:
    order_id = await desk.delivered()
    await desk.complete(order_id)
    errand, _ = await desk.fetched()
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE errands SET lease_until = now() - interval '1 s'")
    again, _ = await desk.fetched()
    with pytest.raises(LeaseLost):
        await desk.carry_out(errand)
    assert all(held.file is None for held in await desk.documents(order_id)), "whoever lost the lease leaves nothing"
    await desk.carry_out(again)
    assert [held.file is not None for held in await desk.documents(order_id)].count(True) == 1


async def test_what_can_never_be_made_is_a_task_and_lets_the_message_go(desk: Desk) -> None:
    order_id = await desk.delivered()
    await desk.complete(order_id)
    desk.press.fails = Unprintable("the XML does not fit the schema")
    await desk.make()
    assert await tasks(desk.begin, desk.shop, order_id) == [("document_not_made", "open")] * 2
    assert not await desk.waits(order_id)
    (row, _) = await told(desk.begin, "SELECT parked_at FROM errands WHERE kind = 'make_document' ORDER BY id")
    assert row["parked_at"] is not None
    # Mended, and tried again.
    desk.press.fails = None
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE errands SET parked_at = NULL, due_at = $1", desk.clock.now())
    assert await desk.make() == 2
    assert await tasks(desk.begin, desk.shop, order_id) == [("document_not_made", "dropped")] * 2


async def test_a_store_keeps_the_bytes_and_the_database_their_hash(desk: Desk) -> None:
    desk.store = shelf = Shelf()
    order_id = await desk.delivered()
    await desk.complete(order_id)
    shelf.is_away = True
    errand, other = await desk.fetched()
    with pytest.raises(StoreAway):
        await desk.carry_out(errand)
    shelf.is_away = False
    await desk.carry_out(errand)
    await desk.carry_out(other)
    first, _ = await desk.documents(order_id)
    assert first.file is not None
    assert first.file.store == "s3:shelf"
    assert hashlib.sha256(next(iter(shelf.kept.values()))).digest() == first.file.sha256
    assert {row["content"] for row in await told(desk.begin, "SELECT content FROM document_files")} == {None}


async def test_an_invoice_carries_its_data_where_the_shop_asks_for_it(desk: Desk) -> None:
    await desk.rule(e_invoice="factur-x", at_completion=["invoice", "warranty"])
    await desk.complete(await desk.delivered())
    await desk.make()
    invoice, warranty = desk.press.printed
    assert invoice.xml is not None
    assert b"DE123456789" in invoice.xml
    assert warranty.xml is None


async def test_a_sheet_says_which_layout(desk: Desk) -> None:
    await desk.complete(await desk.delivered())
    await desk.make()
    assert [sheet.layout for sheet in desk.press.printed] == ["invoice", "warranty"]
    assert all(isinstance(sheet, Sheet) for sheet in desk.press.printed)
