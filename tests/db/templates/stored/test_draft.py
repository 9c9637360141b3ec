import asyncio


async def test_numbers_are_counted_for_each_milestone_however_many_begin_at_once(draft) -> None:
    rows = await asyncio.gather(*(draft() for _ in range(8)))
    assert sorted(row.version for row in rows) == list(range(101, 109))
    assert (await draft({}, "order_completed")).version == 101


async def test_a_draft_knows_its_author_and_its_digest(draft) -> None:
    one, other = await draft(), await draft()
    assert (one.status, one.authors, one.revision) == ("draft", [["staff/anna", "teahouse-test"]], 1)
    assert one.sha256 == other.sha256
