"""A demonstration ends with its trail verified."""

import asyncpg
import pytest

from tests.fixtures.sealed import Trail
from tidings.bootstrap import Runtime
from tidings.cli.dev.proof import trails_hold
from tidings.cli.embedded.postgres import Postgres


async def test_a_trail_that_is_sealed_and_untouched_holds(
    api_runtime: Runtime, trail: Trail, capsys: pytest.CaptureFixture[str]
) -> None:
    await trail.write(3)
    await trail.seal()
    assert await trails_hold(api_runtime, ["teahouse"])
    assert capsys.readouterr().out == "The audit trail of teahouse is whole: 4 records under 2 signed heads.\n"


async def test_what_nobody_seals_does_not_hold(
    api_runtime: Runtime, trail: Trail, capsys: pytest.CaptureFixture[str]
) -> None:
    await trail.write(3)
    assert not await trails_hold(api_runtime, ["teahouse"], patience=0)
    assert "3 records are not sealed" in capsys.readouterr().out


async def test_what_was_touched_does_not_hold(
    api_runtime: Runtime, trail: Trail, postgres: Postgres, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await trail.write(3)
    await trail.seal()
    superuser = await asyncpg.connect(
        postgres.url("postgres", database), server_settings={"session_replication_role": "replica"}
    )
    await superuser.execute("DELETE FROM records WHERE kind = 'thing.done'")
    await superuser.close()
    assert not await trails_hold(api_runtime, ["teahouse"])
    assert "record_removed: 3" in capsys.readouterr().out
