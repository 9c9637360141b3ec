"""Whatever may be in a bucket has a row, or a note: whoever deletes the row, and whoever dies before it is written."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest

from tests.db.documents.desk import Desk
from tests.db.documents.gone import Bucket, Notes
from tests.fixtures.documents import Shelf
from tests.fixtures.facts import told
from tidings.documents.delete_blobs import _take
from tidings.documents.note_blob import Blob, blob_of, note_blob
from tidings.documents.ports import StoreAway
from tidings.kit.db import Begin


class Cut(Exception):
    """The end of a transaction that was to be committed."""


async def test_a_file_is_noted_before_it_is_put_and_not_any_more_once_it_has_its_row(bucket: Bucket) -> None:
    order_id = await bucket.desk.delivered()
    await bucket.desk.complete(order_id)
    first, second = await bucket.desk.fetched()
    seen: list[Notes] = []

    class Watched(Shelf):
        async def put_blob(self, key: str, content: bytes) -> None:
            seen.append(await bucket.notes())
            await super().put_blob(key, content)

    bucket.desk.store = Watched()
    await bucket.desk.carry_out(first)
    await bucket.desk.carry_out(second)
    assert [[store for _, store in notes] for notes in seen] == [["s3:shelf"], ["s3:shelf"]]
    assert await bucket.notes() == []


async def test_whoever_deletes_a_row_leaves_a_note_in_the_same_transaction(bucket: Bucket, keeper: Begin) -> None:
    order_id = await bucket.sold()
    with suppress(Cut):
        async with keeper(bucket.desk.shop.scope) as tx:
            await tx.raw.execute("DELETE FROM document_files")
            assert await tx.raw.fetchval("SELECT count(*) FROM blobs_to_delete") == 2
            raise Cut
    assert await bucket.notes() == []
    async with keeper(bucket.desk.shop.scope) as tx:
        await tx.raw.execute("DELETE FROM document_files WHERE order_id = $1", order_id)
    documents = await bucket.desk.documents(order_id)
    assert await bucket.notes() == [(held.row.id, "s3:shelf") for held in documents]


async def test_what_the_database_keeps_needs_no_note(desk: Desk, keeper: Begin) -> None:
    await desk.complete(await desk.delivered())
    await desk.make()
    async with keeper(desk.shop.scope) as tx:
        await tx.raw.execute("DELETE FROM document_files")
    assert await told(desk.begin, "SELECT * FROM blobs_to_delete") == []
    assert await told(desk.begin, "SELECT content FROM document_files") == [], "its bytes went with it"


async def test_a_note_of_whoever_is_putting_it_now_is_not_made_due_by_whoever_deletes(
    bucket: Bucket, keeper: Begin
) -> None:
    order_id = await bucket.sold()
    held, _ = await bucket.desk.documents(order_id)
    async with bucket.desk.begin.across() as tx:
        await note_blob(tx, blob_of(held, "s3:shelf"))
    async with keeper(bucket.desk.shop.scope) as tx:
        await tx.raw.execute("DELETE FROM document_files")
    (due, other) = await told(
        bucket.desk.begin,
        "SELECT due_at > now() + interval '50 min' AS is_later FROM blobs_to_delete ORDER BY document_id",
    )
    assert (due["is_later"], other["is_later"]) == (True, False)


async def test_a_note_that_is_being_dropped_is_written_again_by_whoever_deletes_meanwhile(
    bucket: Bucket, keeper: Begin
) -> None:
    """Two made the same file, so that there is a note beside the row; and both are taken away at the same time."""
    order_id = await bucket.sold()
    held, _ = await bucket.desk.documents(order_id)
    async with bucket.desk.begin.across() as tx:
        await note_blob(tx, blob_of(held, "s3:shelf"))
    await bucket.waits(timedelta(hours=2))

    async def deletes() -> None:
        async with keeper(bucket.desk.shop.scope) as tx:
            await tx.raw.execute("DELETE FROM document_files")

    async with asyncio.TaskGroup() as group, bucket.desk.begin.across() as tx:
        assert [each.is_kept for each in await _take(tx, "s3:shelf")] == [True]
        deleting = group.create_task(deletes())
        done, _ = await asyncio.wait([deleting], timeout=0.3)
        assert not done, "it waits for the note"
    assert len(await bucket.notes()) == 2


async def test_whoever_dies_after_putting_leaves_a_note_that_the_next_one_takes_back(bucket: Bucket) -> None:
    order_id = await bucket.desk.delivered()
    await bucket.desk.complete(order_id)
    await bucket.half_made()
    assert (len(bucket.shelf.kept), len(await bucket.notes())) == (2, 2)
    # Its document is still to be made: it is let alone, however long it takes.
    for _ in range(2):
        await bucket.waits(timedelta(days=2))
        assert await bucket.empties() == 0
    assert await bucket.desk.make() == 2
    assert (len(bucket.shelf.kept), await bucket.notes()) == (2, [])


async def test_what_was_put_and_never_written_down_goes_when_its_document_has_gone(
    bucket: Bucket, keeper: Begin
) -> None:
    order_id = await bucket.desk.delivered()
    await bucket.desk.complete(order_id)
    await bucket.half_made()
    async with keeper(bucket.desk.shop.scope) as tx:
        await tx.raw.execute("DELETE FROM documents WHERE kind = 'warranty'")
    assert await bucket.empties() == 0, "it may still be on its way"
    await bucket.waits(timedelta(hours=2))
    assert await bucket.empties() == 1
    assert len(bucket.shelf.kept) == 1
    # The errand finds nothing to be made, and is done.
    assert await bucket.desk.make() == 2
    assert await told(bucket.desk.begin, "SELECT id FROM errands WHERE kind = 'make_document'") == []
    assert await bucket.notes() == []


async def test_whoever_cannot_put_it_leaves_a_note(bucket: Bucket) -> None:
    await bucket.desk.complete(await bucket.desk.delivered())
    errand, _ = await bucket.desk.fetched()
    bucket.shelf.is_away = True
    with pytest.raises(StoreAway):
        await bucket.desk.carry_out(errand)
    assert len(await bucket.notes()) == 1, "nobody knows whether it came through"


def test_an_object_has_the_same_name_whoever_makes_it() -> None:
    blob = Blob(UUID(int=1), UUID(int=2), "s3:shelf", UUID(int=3), "live")
    assert blob.key == blob._replace(store="s3:other").key
    shop, mode, order, document = blob.key.split("/")
    assert (shop[:4], mode, order[:4], document[:4], document[-4:]) == ("stf_", "live", "ord_", "doc_", ".pdf")
