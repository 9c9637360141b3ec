"""`tidings records verify`, `heads`, `prove`, `seal`, `key`, `checker`."""

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest

from tests.fixtures.command_line import Tidings
from tests.fixtures.sealed import Trail
from tidings.cli.embedded.postgres import Postgres
from tidings.kit.ids import wire
from tidings.records.check_record import is_continued
from tidings.records.heads import read_heads


@pytest.fixture
async def held(trail: Trail, tmp_path: Path) -> Path:
    """A file with the head of some sealed records."""
    await trail.write(6)
    await trail.seal()
    path = tmp_path / "head.json"
    path.write_text((await trail.head()).line())
    return path


def test_an_untouched_trail_is_whole(held: Path, tidings: Tidings) -> None:
    done = tidings("records", "verify", "teahouse", "--head", str(held))
    assert (done.exit_code, done.stderr) == (
        0, "Whole: 7 sealed records (0 pruned, 0 waiting), head 2, in agreement with 1 held.\n",
    )  # fmt: skip


async def test_what_was_tampered_with_is_named_and_the_exit_code_says_so(
    held: Path, tidings: Tidings, trail: Trail, postgres: Postgres, database: str
) -> None:
    superuser = await asyncpg.connect(
        postgres.url("postgres", database), server_settings={"session_replication_role": "replica"}
    )
    changed = await superuser.fetchval(
        "UPDATE records SET data = '{}' WHERE id = (SELECT record_id FROM record_seals WHERE position = 3) RETURNING id"
    )
    await superuser.close()
    done = await run_beside(tidings, "records", "verify", "teahouse", "--head", str(held), "--json")
    (fault,) = json.loads(done.stdout)
    assert (done.exit_code, fault["record_id"], fault["kind"], fault["positions"]) == (
        1, wire("rec", changed), "record_changed", 3,
    )  # fmt: skip
    assert "NOT WHOLE: 1 faults" in done.stderr


async def run_beside(tidings: Tidings, *arguments: str):
    """The command runs a loop of its own, and so in a thread."""
    return await asyncio.to_thread(tidings, *arguments)


def test_files_that_hold_no_head_are_refused(held: Path, tidings: Tidings, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("{}")
    for path in (other, tmp_path / "missing"):
        done = tidings("records", "verify", "teahouse", "--head", str(path))
        assert done.exit_code == 1
        assert str(path) in done.stderr


def test_heads_are_listed_and_printed_for_keeping(held: Path, tidings: Tidings) -> None:
    assert "SEQUENCE" in tidings("records", "heads", "teahouse").stdout
    first, second = read_heads(tidings("records", "heads", "teahouse", "--lines").stdout)
    assert second.head.previous == first.head.digest()
    done = tidings("records", "heads", "teahouse", "--lines", "--limit", "1")
    assert "More: --cursor" in done.stderr


def test_a_proof_is_printed(held: Path, tidings: Tidings) -> None:
    listed = json.loads(tidings("records", "list", "teahouse", "--mode", "test", "--json").stdout)
    assert (listed[4]["number"], listed[4]["position"]) == (2, 4)
    done = tidings("records", "prove", "teahouse", listed[4]["id"], "--mode", "test")
    assert json.loads(done.stdout)["position"] == 4


def test_sealing_by_hand_needs_a_key(
    held: Path, tidings: Tidings, settings_environment: pytest.MonkeyPatch, worker_database_url: str
) -> None:
    settings_environment.setenv("TIDINGS_DATABASE_WORKER_URL", worker_database_url)
    assert "TIDINGS_RECORDS_KEYS" in tidings("records", "seal").stderr
    settings_environment.setenv("TIDINGS_RECORDS_KEYS", "nonsense")
    assert "TIDINGS_RECORDS_KEYS: a signing key is 32 bytes" in tidings("records", "seal").stderr
    settings_environment.setenv("TIDINGS_RECORDS_KEYS", tidings("records", "key").stdout.strip())
    assert tidings("records", "seal").stdout == "0 records were sealed.\n"


def test_the_auditors_script_is_printed(tidings: Tidings) -> None:
    script: dict[str, object] = {"__name__": "checker"}
    exec(tidings("records", "checker").stdout, script)  # noqa: S102 - it is our own
    assert script["is_continued"].__doc__ == is_continued.__doc__  # type: ignore[union-attr]
