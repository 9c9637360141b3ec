"""Valkey is wiped and stopped, Postgres crashes and comes back, all under load: nothing that was promised is lost."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import redis

from tests.clock import FixedClock
from tests.doubles.turns import delays
from tests.doubles.twilio import TwilioDouble
from tests.fixtures.doubled import connect
from tests.fixtures.load import Load, assert_whole
from tests.fixtures.nursery import NurseryApi, NurseryWorker, all_stopped
from tests.fixtures.processes import environment, free_port
from tests.fixtures.shop import Shop, open_shop
from tests.fixtures.waiting import eventually
from tidings.cli.embedded.folder import DataFolder
from tidings.cli.embedded.postgres import Postgres
from tidings.cli.embedded.valkey import Valkey
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.migrations import migrate

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Postgres]:
    """A server of this test's own, with everything that makes commits outlive a crash switched on."""
    with DataFolder(tmp_path / "durable") as folder, Postgres(folder.path) as server:
        yield server


@asynccontextmanager
async def running(begin: Begin, shop: Shop, env: dict[str, str], log: Path) -> AsyncIterator[tuple[Load, TwilioDouble]]:
    """API, two workers, a provider and the load; leaving the block waits until everybody has been told."""
    async with TwilioDouble() as double:
        double.always(delays(0.02))
        await connect(begin, shop, env, channel="sms", provider="twilio", double=double)
        api = NurseryApi(env, log, free_port())
        workers = [NurseryWorker(env, log) for _ in range(2)]
        try:
            await api.ready()
            load = Load([api.base_url], shop.live_key)
            async with asyncio.TaskGroup() as group:
                group.create_task(load.run())
                yield load, double
                load.stop = True
            await all_told(begin, 90)
            assert all_stopped([api, *workers]) == [0, 0, 0], log.read_text()[-3000:]
        finally:
            for process in (api, *workers):
                process.kill()


async def all_told(begin: Begin, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while True:
            async with begin.across() as tx:
                if not await tx.raw.fetchval("SELECT count(*) FROM outbox"):
                    return
            await asyncio.sleep(0.3)


async def assert_kept(begin: Begin, load: Load, double: TwilioDouble) -> None:
    """Every 201 has its order and all that follows; everybody was told, and told once unless it is accounted for."""
    assert load.unexpected == []
    orders = await assert_whole(begin, load.placed, sent=True)
    async with begin.across() as tx:
        rows = await tx.raw.fetch("SELECT id, status FROM messages")
        attempts = {r["id"].hex: r["message_id"] for r in await tx.raw.fetch("SELECT id, message_id FROM attempts")}
    assert len(rows) == orders
    assert {row["status"] for row in rows} == {"sent"}
    told = Counter(attempts[parse_qs(urlsplit(text.status_callback).query)["a"][0][4:]] for text in double.received)
    assert set(told) == {row["id"] for row in rows}
    # Twilio can be asked: nobody is told twice.
    assert set(told.values()) == {1}


async def test_a_wiped_and_stopped_valkey_loses_nothing(
    begin: Begin, shop: Shop, worker_database_url: str, valkey: Valkey, valkey_url: str, tmp_path: Path
) -> None:
    env = environment(worker_database_url, valkey_url)
    async with running(begin, shop, env, tmp_path / "log") as (load, double):
        await asyncio.sleep(2)
        with redis.Redis.from_url(valkey_url) as client:
            client.flushall()
        await asyncio.sleep(1)
        valkey.stop()
        before = len(double.received)
        await asyncio.sleep(3)
        await eventually(lambda: len(double.received) > before, seconds=60)
        valkey.start()
        await asyncio.sleep(2)
    assert set(load.answers) == {200, 201}
    await assert_kept(begin, load, double)


async def test_a_postgres_that_crashes_under_load_loses_no_answered_order(
    durable: Postgres, valkey_url: str, clock: FixedClock, tmp_path: Path
) -> None:
    await migrate(durable.url("tidings_owner"))
    engine = create_engine(durable.url("tidings_app"), pool_size=5)
    begin = Begin(engine)
    shop = await open_shop(begin, clock, "teahouse")
    env = environment(durable.url("tidings_worker"), valkey_url)
    async with running(begin, shop, env, tmp_path / "log") as (load, double):
        await asyncio.sleep(2)
        for crash in (crashed, restarted, crashed):
            await asyncio.to_thread(crash, durable)
            await asyncio.sleep(2)
        await eventually(lambda: load.answers[201] > 50, seconds=60)
    await assert_kept(begin, load, double)
    await engine.dispose()


def crashed(server: Postgres) -> None:
    """No shutdown, no checkpoint: what the log holds is all there is."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    server.start()


def restarted(server: Postgres) -> None:
    """As an operator does it."""
    server.stop()
    server.start()
