"""What is committed is sealed, in its order, once, and nothing is missed."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import pytest
from structlog.testing import CapturingLogger

from tests.fixtures.sealed import Trail
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.records import introduce
from tidings.records.append import append
from tidings.records.heads import NO_HEAD
from tidings.records.prune import KEY_CHANGED
from tidings.records.seal import seal_batch, storefronts_with_news
from tidings.records.signing import Signer, new_signing_key

SEALS = """
SELECT s.position, s.order_id, s.number, r.kind FROM record_seals s
JOIN records r ON r.storefront_id = s.storefront_id AND r.order_id = s.order_id AND r.id = s.record_id
WHERE s.storefront_id = $1 ORDER BY s.position
"""


class Dying(Begin):
    """Dies when the batch is written, and not committed."""

    @asynccontextmanager
    async def across(self):
        async with super().across() as tx:
            yield tx
            raise RuntimeError("killed")


async def sealed(trail: Trail) -> list[asyncpg.Record]:
    async with trail.worker.across() as tx:
        return await tx.raw.fetch(SEALS, trail.shop.id)


async def test_records_are_numbered_per_order_without_gaps_and_in_the_order_of_their_commit(trail: Trail) -> None:
    await trail.write(7)
    assert await trail.seal(batch=3) == 8
    rows = await sealed(trail)
    assert [row["position"] for row in rows] == list(range(8))
    first, second, third = trail.orders
    told = [(row["order_id"], row["number"]) for row in rows if row["kind"] != KEY_CHANGED]
    assert told == [(first, 1), (second, 1), (third, 1), (first, 2), (second, 2), (third, 2), (first, 3)]
    await trail.write(3)
    await trail.seal()
    rows = await sealed(trail)
    assert [row["number"] for row in rows if row["order_id"] == first] == [1, 2, 3, 4]


async def test_each_batch_has_a_signed_head_that_names_the_one_before(trail: Trail) -> None:
    await trail.write(2)
    await trail.seal()
    first = await trail.head()
    await trail.write(2)
    await trail.seal()
    second = await trail.head()
    assert (first.head.sequence, second.head.sequence) == (2, 3)
    assert (first.head.size, second.head.size) == (3, 5)
    assert second.head.previous == first.head.digest() != NO_HEAD
    assert first.holds()
    assert second.holds()
    assert second.public == trail.signer.key.public


async def test_nothing_new_makes_no_head(trail: Trail) -> None:
    await trail.write(1)
    await trail.seal()
    before = await trail.head()
    assert await trail.seal() == 0
    assert await trail.head() == before
    assert await storefronts_with_news(trail.worker) == []


async def test_a_transaction_that_stays_open_across_a_seal_is_not_missed(trail: Trail) -> None:
    await trail.write(1)
    await trail.seal()
    async with AsyncExitStack() as slow:
        tx = await slow.enter_async_context(trail.begin(trail.shop.scope))
        # Its id is older than that of what is committed before it.
        await append(tx, trail.entry(0, trail.orders[0], "slow.done"))
        await trail.write(2, kind="quick.done")
        assert await trail.seal_once() == 0
    await trail.write(1, kind="later.done")
    await trail.seal()
    kinds = [row["kind"] for row in await sealed(trail) if row["kind"] != KEY_CHANGED]
    assert kinds == ["thing.done", "slow.done", "quick.done", "quick.done", "later.done"]
    assert (await trail.verify()).is_whole


async def test_of_what_can_be_sealed_already_only_that_is(trail: Trail) -> None:
    await trail.write(1, kind="older.done")
    async with AsyncExitStack() as slow:
        tx = await slow.enter_async_context(trail.begin(trail.shop.scope))
        await append(tx, trail.entry(0, trail.orders[0], "slow.done"))
        await trail.write(1, kind="quick.done")
        async with asyncio.timeout(10):
            # A transaction of Postgres's own may be in the way, too.
            while (count := await trail.seal_once()) == 0:
                await asyncio.sleep(0.02)
        assert count == 1
    await trail.seal()
    kinds = [row["kind"] for row in await sealed(trail) if row["kind"] != KEY_CHANGED]
    assert kinds == ["older.done", "slow.done", "quick.done"]
    assert (await trail.verify()).is_whole


async def test_of_two_sealers_one_seals_and_the_other_does_not_wait(trail: Trail) -> None:
    await trail.write(1)
    await trail.seal()
    await trail.write(5)
    async with trail.worker.across() as tx:
        await tx.raw.execute("SELECT FROM record_logs WHERE storefront_id = $1 FOR UPDATE", trail.shop.id)
        other = await asyncio.wait_for(
            seal_batch(trail.worker, trail.shop.id, trail.signer, now=trail.clock.now()), timeout=5
        )
        assert (other.records, other.head) == (0, None)
    assert await trail.seal() == 5


async def test_many_sealers_at_once_seal_everything_once(trail: Trail) -> None:
    await trail.write_at_once(200)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(trail.seal_once(batch=7))
    await trail.seal()
    assert len(await sealed(trail)) == 201
    assert (await trail.verify([await trail.head()])).is_whole


async def test_a_sealer_that_dies_in_its_batch_leaves_nothing_behind(trail: Trail) -> None:
    await trail.write_at_once(10)
    with pytest.raises(RuntimeError, match="killed"):
        await seal_batch(Dying(trail.worker.engine), trail.shop.id, trail.signer, now=trail.clock.now())
    assert await sealed(trail) == []
    assert await trail.seal() == 11
    assert (await trail.verify()).is_whole


async def test_a_new_key_is_introduced_by_a_record_and_endorsed_by_the_one_before(trail: Trail) -> None:
    await trail.write(1)
    old, new = new_signing_key(), new_signing_key()
    trail.signer = Signer([old])
    await trail.seal()
    before = await trail.head()
    await trail.write(1)
    trail.signer = Signer([new, old])
    await trail.seal()
    after = await trail.head()
    assert before.public != after.public
    found = await trail.verify([before, after])
    assert found.is_whole, found.findings
    assert found.notes == ()
    async with trail.worker.across() as tx:
        told = await tx.raw.fetch(
            "SELECT data->>'endorsed' AS endorsed FROM records WHERE kind = $1 ORDER BY id", KEY_CHANGED
        )
    assert [row["endorsed"] for row in told] == ["false", "true"]


async def test_a_lost_key_is_told_and_sealing_goes_on(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    await trail.write(1)
    await trail.seal()
    before = await trail.head()
    await trail.write(1)
    trail.signer = Signer([new_signing_key()])
    log = CapturingLogger()
    monkeypatch.setattr(introduce, "log", log)
    assert await trail.seal() == 2
    assert [(call.args[0], call.kwargs["lost_id"]) for call in log.calls] == [("seal.key_lost", before.head.key_id)]
    found = await trail.verify([before, await trail.head()])
    assert found.is_whole, found.findings
    assert [before.head.key_id in note for note in found.notes] == [True]


async def test_one_storefronts_trouble_keeps_no_other_from_being_sealed(trail: Trail, other_shop) -> None:
    await trail.write(1)
    await trail.seal()
    async with trail.worker.across() as tx:
        # More than the peaks of a tree of this size.
        await tx.raw.execute("UPDATE record_logs SET frontier = frontier || frontier || '\\x00'")
    trail.shop, broken = other_shop, trail.shop
    await trail.write(2, order=new_id())
    trail.shop = broken
    await trail.write(1)
    trail.shop = other_shop
    await trail.seal()
    async with trail.worker.across() as tx:
        rows = await tx.raw.fetch("SELECT storefront_id, size FROM record_logs ORDER BY size")
    assert {row["storefront_id"]: row["size"] for row in rows} == {broken.id: 2, other_shop.id: 3}
