"""Stores are started unless given, and started again when they die."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.waiting import eventually
from tidings.cli.dev import stores as module
from tidings.cli.dev.stores import Stores, opened_stores
from tidings.settings import DatabaseSettings, RedisSettings, Settings

GIVEN = Settings(database=DatabaseSettings(url="postgresql://app@db/tidings"), redis=RedisSettings(url="redis://cache"))
NOTHING = Settings(database=DatabaseSettings(), redis=RedisSettings())


@pytest.fixture
def data() -> Iterator[Path]:
    """Not pytest's own folder, whose parents are closed anew by every pytest that starts."""
    with tempfile.TemporaryDirectory(prefix="tidings-stores-") as folder:
        yield Path(folder)


def pids(stores: Stores) -> set[int | None]:
    return {store.pid for store in (stores.postgres, stores.valkey) if store is not None}


def test_what_is_given_is_not_started(data: Path):
    with opened_stores(data, GIVEN) as stores:
        assert stores.environment() == {}
    assert list(data.iterdir()) == []


async def test_what_is_not_given_is_started_kept_and_stopped(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    with opened_stores(data, NOTHING) as stores:
        assert set(stores.environment()) == {
            "TIDINGS_DATABASE_URL",
            "TIDINGS_DATABASE_WORKER_URL",
            "TIDINGS_DATABASE_MIGRATION_URL",
            "TIDINGS_DATABASE_RETENTION_URL",
            "TIDINGS_REDIS_URL",
        }
        assert stores.postgres is not None
        assert stores.valkey is not None
        first = pids(stores)
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(stores.keep())
            for pid in first:
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
            await eventually(lambda: None not in (now := pids(stores)) and not now & first)
            keeping.cancel()
        assert stores.postgres.run_sql("SELECT 1").strip() == "1"
    assert pids(stores) == {None}
    said = capsys.readouterr().err
    assert "PostgreSQL has ended and is started again." in said
    assert "Valkey has ended and is started again." in said


async def test_one_that_cannot_be_started_again_is_told_and_tried_again(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    only_valkey = Settings(database=GIVEN.database, redis=RedisSettings())
    with opened_stores(data, only_valkey) as stores:
        assert stores.valkey is not None
        assert stores.valkey.pid is not None
        program = stores.valkey.program
        stores.valkey.program = Path("/bin/false")
        os.kill(stores.valkey.pid, signal.SIGKILL)
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(stores.keep())
            await eventually(lambda: "Valkey ended with code 1 while starting" in capsys.readouterr().err)
            stores.valkey.program = program
            await eventually(lambda: pids(stores) != {None})
            keeping.cancel()
