"""What has been kept long enough is deleted; its seals stay, and everything goes on being proved."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from tests.fixtures.kept import Kept
from tests.fixtures.sealed import Trail
from tidings.kit.db import Begin, Tx
from tidings.records.append import append
from tidings.records.prune import ALWAYS_KEPT, KeptTooShort, PruneRecords, prune_batch, prune_records

YEAR = timedelta(days=400)


@pytest.fixture
async def pruner(database_url: str, kept: Kept) -> AsyncIterator[Begin]:
    """Opens transactions as role tidings_retention."""
    async for made in kept.begun_on("tidings_retention"):
        yield made


def wanted(trail: Trail, **more: object) -> PruneRecords:
    asked = {"storefront_id": trail.shop.id, "before": trail.clock.now() - YEAR / 2 * 2, "actor": "retention"} | more
    return PruneRecords(**asked)


async def grown_old(trail: Trail, old: int = 12, new: int = 5) -> None:
    await trail.write(old)
    await trail.seal(batch=5)
    trail.clock.advance(YEAR + timedelta(days=1))
    await trail.write(new)
    await trail.seal()


async def test_old_records_go_and_everything_goes_on_being_proved(trail: Trail, pruner: Begin) -> None:
    await grown_old(trail)
    held = await trail.head()
    assert await prune_records(pruner, wanted(trail, batch=5), now=trail.clock.now()) == 12
    found = await trail.verify([held])
    assert found.is_whole, found.findings
    assert (found.pruned, found.size) == (12, 18)
    await trail.write(2)
    await trail.seal()
    found = await trail.verify([held, await trail.head()])
    assert found.is_whole, found.findings
    assert await prune_records(pruner, wanted(trail), now=trail.clock.now()) == 0
    async with trail.begin.reading(trail.shop.scope) as tx:
        told = await tx.raw.fetch("SELECT data::text AS data FROM records WHERE kind = 'records.pruned' ORDER BY id")
        numbers = await tx.raw.fetch(
            "SELECT number FROM record_seals WHERE order_id = $1 ORDER BY number", trail.orders[0]
        )
    assert len(told) > 1
    assert [row["number"] for row in numbers] == list(range(1, len(numbers) + 1))


async def test_pruning_goes_on_past_the_records_of_earlier_prunings(trail: Trail, pruner: Begin) -> None:
    await grown_old(trail, old=4, new=2)
    # Two batches: what they leave stands at the beginning of the trail from now on, more than a batch can hold.
    assert await prune_records(pruner, wanted(trail, batch=2), now=trail.clock.now()) == 4
    assert await prune_records(pruner, wanted(trail, batch=2), now=trail.clock.now()) == 0
    await trail.seal()
    for _ in range(2):
        trail.clock.advance(YEAR + timedelta(days=1))
        await trail.write(2)
        await trail.seal()
        assert await prune_records(pruner, wanted(trail, batch=2), now=trail.clock.now()) == 2
        await trail.seal()
    async with trail.begin.reading(trail.shop.scope) as tx:
        kinds = await tx.raw.fetch("SELECT kind FROM records ORDER BY xid, id LIMIT 3")
    assert {row["kind"] for row in kinds} <= set(ALWAYS_KEPT)
    found = await trail.verify([await trail.head()])
    assert (found.is_whole, found.pruned) == (True, 8)


async def test_what_is_spared_stays_and_is_asked_for_in_each_batch(trail: Trail, pruner: Begin) -> None:
    await grown_old(trail)
    asked: list[Collection[UUID]] = []

    async def spare(_tx: Tx, orders: Collection[UUID]) -> Collection[UUID]:
        asked.append(orders)
        return {trail.orders[1]}

    assert await prune_records(pruner, wanted(trail, spare=spare, batch=4), now=trail.clock.now()) == 8
    assert len(asked) >= 3
    found = await trail.verify([await trail.head()])
    assert found.is_whole, found.findings
    assert found.pruned == 8
    async with trail.begin.reading(trail.shop.scope) as tx:
        left = await tx.raw.fetchval("SELECT count(*) FROM records WHERE order_id = $1", trail.orders[1])
    assert left == 6


async def test_what_is_not_sealed_stays(trail: Trail, pruner: Begin) -> None:
    await trail.write(3)
    trail.clock.advance(YEAR * 2)
    assert await prune_records(pruner, wanted(trail), now=trail.clock.now()) == 0
    assert await trail.seal() == 4


async def test_nothing_is_deleted_before_twelve_months(trail: Trail, pruner: Begin) -> None:
    with pytest.raises(KeptTooShort):
        await prune_records(
            pruner, wanted(trail, before=trail.clock.now() - timedelta(days=364)), now=trail.clock.now()
        )


async def test_whoever_is_killed_in_a_batch_has_pruned_nothing_of_it(trail: Trail, pruner: Begin) -> None:
    await grown_old(trail)
    command = wanted(trail, batch=4)

    async def die(_tx: Tx, _orders: Collection[UUID]) -> Collection[UUID]:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await prune_records(pruner, replace(command, spare=die), now=trail.clock.now())
    with pytest.raises(RuntimeError, match="killed"):
        await _pruned_and_killed(pruner, command, trail)
    assert (await trail.verify()).pruned == 0
    assert await prune_records(pruner, command, now=trail.clock.now()) == 12
    assert (await trail.verify()).is_whole


async def test_what_is_deleted_without_a_word_is_found_beside_what_was_pruned(
    trail: Trail, pruner: Begin, postgres, database: str
) -> None:
    await grown_old(trail)
    await prune_records(pruner, wanted(trail), now=trail.clock.now())
    async with pruner.across() as tx:
        # One of the new ones, by the very role that may.
        await tx.raw.execute(
            "DELETE FROM records r USING record_seals s WHERE r.id = s.record_id AND s.position = 15 AND r.xid > '0'"
        )
    found = await trail.verify()
    assert [(each.kind, each.first) for each in found.findings] == [("record_removed", 15)]


async def _pruned_and_killed(pruner: Begin, command: PruneRecords, trail: Trail) -> None:
    async with pruner.across() as tx:
        _, count = await prune_batch(tx, command, ("0", UUID(int=0)), now=trail.clock.now())
        assert count == 4
        raise RuntimeError("killed")


@pytest.mark.parametrize("role", ["tidings_app", "tidings_worker", "tidings_owner", "postgres"])
async def test_no_other_role_deletes_records(trail: Trail, postgres, database: str, role: str) -> None:
    await trail.write(1)
    connection = await asyncpg.connect(postgres.url(role, database))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM records")
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE records SET actor = 'x'", "TRUNCATE records", "DELETE FROM record_seals"]
)
async def test_whoever_prunes_can_do_nothing_else(trail: Trail, pruner: Begin, statement: str) -> None:
    await trail.write(1)
    await trail.seal()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with pruner.across() as tx:
            await tx.raw.execute(statement)


async def test_what_was_written_beside_a_record_goes_with_it(trail: Trail, pruner: Begin) -> None:
    async def says(words: str) -> None:
        async with trail.begin(trail.shop.scope) as tx:
            await append(tx, replace(trail.entry(1, trail.orders[0]), words={"reason": words}))

    await says("old")
    await trail.seal()
    trail.clock.advance(YEAR + timedelta(days=1))
    await says("new")
    await trail.seal()
    assert await prune_records(pruner, wanted(trail), now=trail.clock.now()) == 1
    async with trail.begin.reading(trail.shop.scope) as tx:
        left = await tx.raw.fetch("SELECT words->>'reason' AS reason FROM record_words")
    assert [row["reason"] for row in left] == ["new"]
