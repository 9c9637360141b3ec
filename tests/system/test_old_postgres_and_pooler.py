"""The whole journey of a sample order on the oldest supported PostgreSQL, straight and through a transaction pooler."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from tests.system.conftest import Database
from tidings.cli.embedded.valkey import Valkey
from tidings.kit.migrations import migrate, migrate_back

pytestmark = pytest.mark.timeout(240)

ROOT = Path(__file__).parents[2]


def test_migrations_go_up_down_and_up_on_postgres_15(postgres_15: Database) -> None:
    owner = postgres_15.url("tidings_owner")
    asyncio.run(migrate(owner))
    asyncio.run(migrate_back(owner, "base"))
    asyncio.run(migrate(owner))


def test_a_sample_order_is_delivered_on_postgres_15(
    postgres_15: Database, valkey: Valkey, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    _deliver(postgres_15, postgres_15, valkey, tmp_path, free_port())


def test_a_sample_order_is_delivered_through_a_transaction_pooler(
    postgres_15: Database, pgbouncer: Database, valkey: Valkey, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    _deliver(postgres_15, pgbouncer, valkey, tmp_path, free_port(), TIDINGS_DATABASE_POOLER="true")


def _deliver(straight: Database, used: Database, valkey: Valkey, tmp_path: Path, port: int, **settings: str) -> None:
    """`tidings dev --once`: ends well only if every message of its sample order reached its final receipt."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDINGS_")} | {
        "TIDINGS_DATABASE_URL": used.url("tidings_app"),
        "TIDINGS_DATABASE_WORKER_URL": used.url("tidings_worker"),
        "TIDINGS_DATABASE_MIGRATION_URL": straight.url("tidings_owner"),
        "TIDINGS_REDIS_URL": valkey.url,
        **settings,
    }
    done = subprocess.run(
        [
            Path(sys.executable).with_name("tidings"),
            "dev",
            "--once",
            "--port",
            str(port),
            "--data-dir",
            tmp_path / "data",
        ],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "delivered" in done.stdout


async def test_the_roles_time_outs_hold_behind_a_transaction_pooler(postgres_15: Database, pgbouncer: Database) -> None:
    """They are settings of the roles that the pooler connects as: nobody has to SET them in a session."""
    await migrate(postgres_15.url("tidings_owner"))
    # The pooler's connections were opened before the migration: a session keeps what its role had when it began.
    admin = await asyncpg.connect(f"postgresql://postgres@127.0.0.1:{postgres_15.port}/tidings")
    await admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename LIKE 'tidings_%'")
    await admin.close()
    for role, seconds in (("tidings_app", ("15s", "10s", "30s")), ("tidings_worker", ("1min", "30s", "1min"))):
        connection = await asyncpg.connect(pgbouncer.url(role), statement_cache_size=0)
        try:
            names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
            assert tuple([await connection.fetchval(f"SHOW {name}") for name in names]) == seconds
        finally:
            await connection.close()
