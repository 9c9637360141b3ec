"""A transaction is an indent."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.engine import asyncpg_url, create_engine
from tidings.storefronts.tables import OrderNumberRow


def number(shop: Shop, last: int = 1) -> OrderNumberRow:
    return OrderNumberRow(storefront_id=shop.id, mode="test", last=last)


async def fail(begin: Begin, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        tx.wakes_worker = True
        tx.session.add(number(shop))
        await tx.flush()
        raise KeyError


async def numbers(begin: Begin) -> list[int]:
    async with begin.reading(None) as tx:
        return list(await tx.session.scalars(select(OrderNumberRow.last)))


async def test_leaving_the_block_commits_what_the_session_holds(begin: Begin, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        tx.session.add(number(shop))
    assert await numbers(begin) == [1]


async def test_an_exception_rolls_back(begin: Begin, shop: Shop) -> None:
    with pytest.raises(KeyError):
        await fail(begin, shop)
    assert await numbers(begin) == []


async def test_a_cancelled_block_rolls_back_and_its_connection_is_not_lost(
    begin: Begin, shop: Shop, engine: AsyncEngine
) -> None:
    entered = asyncio.Event()

    async def hang() -> None:
        async with begin(shop.scope) as tx:
            tx.session.add(number(shop))
            await tx.flush()
            entered.set()
            await asyncio.sleep(60)

    async with asyncio.TaskGroup() as group:
        hanging = group.create_task(hang())
        await entered.wait()
        hanging.cancel()
    assert await numbers(begin) == []
    assert engine.pool.checkedout() == 0


async def test_bare_statements_see_what_the_session_flushed(begin: Begin, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        tx.session.add(number(shop, 7))
        await tx.flush()
        assert await tx.raw.fetchval("SELECT last FROM order_numbers") == 7


async def test_objects_stay_readable_after_the_block(begin: Begin, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        row = number(shop, 7)
        tx.session.add(row)
    assert row.last == 7


async def test_a_reading_writes_nothing_and_sees_one_moment(begin: Begin, shop: Shop) -> None:
    async with begin.reading(shop.scope) as reading:
        assert await reading.raw.fetchval("SELECT count(*) FROM order_numbers") == 0
        async with begin(shop.scope) as tx:
            tx.session.add(number(shop))
        assert await reading.raw.fetchval("SELECT count(*) FROM order_numbers") == 0
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with begin.reading(shop.scope) as tx:
            await tx.raw.execute("DELETE FROM order_numbers")


async def test_a_transaction_across_storefronts_has_no_scope(begin: Begin, shop: Shop) -> None:
    async with begin.across() as tx:
        with pytest.raises(LookupError):
            _ = tx.scope
    async with begin(shop.scope) as tx:
        assert tx.scope == shop.scope


async def test_the_bell_is_rung_after_the_commit_of_work_and_only_then(begin: Begin, shop: Shop) -> None:
    rung: list[int] = []
    begin.on_work = lambda: rung.append(1)
    async with begin(shop.scope) as tx:
        tx.wakes_worker = True
        assert not rung
    assert len(rung) == 1
    async with begin(shop.scope):
        pass
    with pytest.raises(KeyError):
        await fail(begin, shop)
    assert len(rung) == 1


async def test_connections_that_have_died_are_replaced(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    async with begin.across() as one, begin.across() as two:
        pids = [await tx.raw.fetchval("SELECT pg_backend_pid()") for tx in (one, two)]
    async with begin.across() as tx:
        mine = await tx.raw.fetchval("SELECT pg_backend_pid()")
        for pid in set(pids) - {mine}:
            await tx.raw.execute("SELECT pg_terminate_backend($1)", pid)
    async with begin.across() as one, begin.across() as two:
        assert await one.raw.fetchval("SELECT 1") == await two.raw.fetchval("SELECT 1") == 1


async def test_each_bare_statement_is_its_own_transaction(begin: Begin, shop: Shop) -> None:
    async def two_statements() -> None:
        async with begin.statement() as connection:
            await connection.execute("INSERT INTO order_numbers VALUES ($1, 'test', 1)", shop.id)
            await connection.execute("nonsense")

    with pytest.raises(asyncpg.PostgresError):
        await two_statements()
    assert await numbers(begin) == [1]
    async with begin.statement() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_bare_connection_that_died_in_hand_is_not_given_out(begin: Begin) -> None:
    async with begin.statement() as connection:
        held = connection
    held.terminate()
    async with begin.statement() as connection:
        assert connection is not held
        assert await connection.fetchval("SELECT 1") == 1


async def test_an_absent_database_is_told_at_once() -> None:
    begin = Begin(create_engine("postgresql://nobody@127.0.0.1:9/nothing", pool_size=1))
    with pytest.raises(OSError, match="9"):
        async with begin.across():
            pass
    await begin.close()


async def test_behind_a_pooler_no_statement_is_kept(database_url: str) -> None:
    begin = Begin(create_engine(database_url, pool_size=1, pooler=True, application_name="pooled"))
    async with begin.across() as tx:
        assert await tx.raw.fetchval("SELECT current_setting('application_name')") == "pooled"
        for _ in range(3):
            await tx.raw.fetchval("SELECT $1::int", 1)
        assert await tx.raw.fetchval("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''") == 0
    await begin.close()


def test_the_driver_is_filled_in() -> None:
    assert asyncpg_url("postgres://a@b/c") == asyncpg_url("postgresql://a@b/c") == "postgresql+asyncpg://a@b/c"
    assert asyncpg_url("postgresql+asyncpg://a@b/c") == "postgresql+asyncpg://a@b/c"
    assert asyncpg_url("sqlite://") == "sqlite://"
