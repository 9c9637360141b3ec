"""What retention and erasure take away is gone from the bucket, too; what they leave stays there."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.db.documents.gone import Bucket
from tests.fixtures.documents import Shelf
from tests.fixtures.facts import told
from tidings.documents.delete_blobs import AT_ONCE, delete_blobs, pause_after, run_deletions
from tidings.documents.note_blob import Blob, note_blob
from tidings.kit.ids import wire
from tidings.retention.person import Meant
from tidings.retention.place import PlaceHold, place_hold


class Killed(BaseException):
    """The process ends here."""


async def test_an_erasure_takes_the_object_along_and_leaves_what_the_law_keeps(bucket: Bucket) -> None:
    order_id = await bucket.sold()
    await bucket.sold("D-2")
    assert await bucket.kinds() == ["invoice", "invoice", "warranty", "warranty"]
    await bucket.erased(order_id)
    assert len(bucket.shelf.kept) == 4, "nothing is asked of the store inside a transaction"
    assert await bucket.empties() == 2
    assert await bucket.kinds() == ["invoice", "invoice"]
    assert await bucket.notes() == []


async def test_retention_takes_all_of_them_in_their_time(bucket: Bucket) -> None:
    await bucket.sold()
    await bucket.ages(7)
    assert await bucket.empties() == 1
    assert await bucket.kinds() == ["invoice"], "the law is not done with it"
    await bucket.ages(3)
    assert await bucket.empties() == 1
    assert (bucket.shelf.kept, await bucket.notes()) == ({}, [])
    assert await told(bucket.desk.begin, "SELECT id FROM documents") == []


async def test_what_is_held_keeps_its_object(bucket: Bucket) -> None:
    order_id = await bucket.sold()
    async with bucket.desk.begin(bucket.desk.shop.scope) as tx:
        command = PlaceHold("order", Meant(order=wire("ord", order_id)), "a suit", "tests")
        await place_hold(tx, command, now=bucket.desk.clock.now())
    await bucket.erased(order_id)
    await bucket.ages(20)
    assert await bucket.empties() == 0
    assert await bucket.kinds() == ["invoice", "warranty"]


async def test_a_store_that_is_away_is_asked_again_later_and_later(bucket: Bucket) -> None:
    await bucket.erased(await bucket.sold())
    bucket.shelf.is_away = True
    assert await bucket.empties() == 0
    assert await bucket.empties() == 0
    bucket.shelf.is_away = False
    assert await bucket.empties() == 0, "not at once"
    (row,) = await told(
        bucket.desk.begin, "SELECT tries, due_at > now() + interval '50 s' AS is_later FROM blobs_to_delete"
    )
    assert row == {"tries": 1, "is_later": True}
    await bucket.waits(timedelta(minutes=1))
    assert await bucket.empties() == 1
    assert (await bucket.kinds(), await bucket.notes()) == (["invoice"], [])


async def test_whoever_dies_between_the_object_and_its_note_has_it_done_again(bucket: Bucket) -> None:
    await bucket.erased(await bucket.sold())

    class Last(Shelf):
        async def delete_blob(self, key: str) -> None:
            await super().delete_blob(key)
            raise Killed

    last = Last()
    last.kept = bucket.shelf.kept
    with pytest.raises(Killed):
        await delete_blobs(bucket.desk.begin, last)
    assert await bucket.kinds() == ["invoice"]
    assert len(await bucket.notes()) == 1
    await bucket.waits(timedelta(minutes=1))
    assert await bucket.empties() == 1
    assert await bucket.notes() == []


async def test_what_is_put_while_it_is_deleted_is_deleted_again(bucket: Bucket) -> None:
    """By a worker that was long in coming, and will find no document to write it down for."""
    await bucket.erased(await bucket.sold())
    (noted,) = await told(bucket.desk.begin, "SELECT * FROM blobs_to_delete")
    blob = Blob(*(noted[name] for name in Blob._fields))

    class Meanwhile(Shelf):
        async def delete_blob(self, key: str) -> None:
            await super().delete_blob(key)
            async with bucket.desk.begin.across() as tx:
                await note_blob(tx, blob)
            await super().put_blob(key, b"late")

    late = Meanwhile()
    late.kept = bucket.shelf.kept
    assert await delete_blobs(bucket.desk.begin, late) == 1
    assert await bucket.kinds() == ["invoice", "nobody's"]
    await bucket.waits(timedelta(hours=1))
    assert await bucket.empties() == 1
    assert (await bucket.kinds(), await bucket.notes()) == (["invoice"], [])


async def test_another_stores_notes_are_let_alone(bucket: Bucket) -> None:
    await bucket.erased(await bucket.sold())
    other = Shelf()
    other.name = "s3:other"
    assert await delete_blobs(bucket.desk.begin, other) == 0
    assert [store for _, store in await bucket.notes()] == ["s3:shelf"]


async def many_noted(bucket: Bucket, count: int) -> None:
    async with bucket.desk.begin.across() as tx:
        for n in range(count):
            await note_blob(tx, Blob(bucket.desk.shop.id, UUID(int=n + 1), "s3:shelf", UUID(int=1), "live"))
    await bucket.waits(timedelta(hours=2))


async def test_however_many_there_are_all_of_them_go(bucket: Bucket) -> None:
    await many_noted(bucket, AT_ONCE + 5)
    assert await bucket.empties() == AT_ONCE + 5
    assert await bucket.notes() == []


async def test_of_a_store_that_is_away_not_everything_is_asked(bucket: Bucket) -> None:
    await many_noted(bucket, AT_ONCE + 5)
    asked = []

    class Away(Shelf):
        async def delete_blob(self, key: str) -> None:
            asked.append(key)
            await super().delete_blob(key)

    away = Away()
    away.is_away = True
    assert await delete_blobs(bucket.desk.begin, away) == 0
    assert len(asked) == 10
    assert len(await bucket.notes()) == AT_ONCE + 5


async def test_a_worker_looks_again_and_again(bucket: Bucket) -> None:
    await bucket.erased(await bucket.sold())
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(run_deletions(bucket.desk.begin, bucket.shelf, every=timedelta(milliseconds=10)))
        while await bucket.kinds() != ["invoice"] or await bucket.notes():
            await asyncio.sleep(0.01)
        looking.cancel()


def test_pauses_grow_and_have_an_end() -> None:
    minutes = [pause_after(tries).total_seconds() / 60 for tries in (0, 1, 2, 8, 9, 32_000)]
    assert minutes == [1, 2, 4, 256, 360, 360]
