"""Migration files say before or after in their names, and their SQL is looked over by squawk."""

import io
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from tidings.kit.migrations import config, folder

# Alembic's own, and not ours to judge.
VERSION_TABLE = re.compile(r"CREATE TABLE alembic_version \(.*?\);", re.DOTALL)
NAME = re.compile(r"\d{4}_\d\d_\d\d_\d{4}_(expand|contract)_[a-z0-9_]+\.(py|sql)")

# squawk's rules that are not ours, each with its reason.
EXCLUDED = {
    "prefer-bigint-over-int": "counters of one order, versions and quantities never come near 2^31",
    "prefer-bigint-over-smallint": "attempts, priorities and steps are small by their nature",
}


def _files() -> list[Path]:
    return [path for path in (folder() / "versions").iterdir() if path.suffix in {".py", ".sql"}]


def _offline_sql(revision: str = "head") -> str:
    printed = io.StringIO()
    made = config()
    made.output_buffer = printed
    with redirect_stdout(printed):
        command.upgrade(made, revision, sql=True)
    return printed.getvalue()


def _revisions() -> list[str]:
    """Each revision, as the stretch from the one before it."""
    scripts = ScriptDirectory.from_config(config()).walk_revisions()
    return [f"{script.down_revision or 'base'}:{script.revision}" for script in scripts]


def test_there_are_migrations_and_one_head():
    assert _files()
    assert len(ScriptDirectory.from_config(config()).get_heads()) == 1


def test_every_file_says_when_it_was_written_and_whether_it_expands_or_contracts():
    assert [path.name for path in _files() if not NAME.fullmatch(path.name)] == []


def test_the_printed_sql_sets_its_timeouts_first():
    lines = [line for line in _offline_sql().splitlines() if line.strip()]
    assert lines[:2] == ["SET lock_timeout = '4s';", "SET statement_timeout = '60s';"]


def _squawk(sql: str, folder: Path) -> subprocess.CompletedProcess[str]:
    squawk = shutil.which("squawk", path=str(Path(sys.executable).parent))
    assert squawk, "squawk-cli is a development dependency"
    script = folder / "migrations.sql"
    script.write_text(sql)
    command_line = [squawk, "--exclude", ",".join(EXCLUDED), "--pg-version", "15.0", "--reporter", "gcc", str(script)]
    return subprocess.run(command_line, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("revision", _revisions())
def test_squawk_finds_nothing(tmp_path: Path, revision: str):
    done = _squawk(VERSION_TABLE.sub("", _offline_sql(revision)), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_squawk_would_find_an_index_that_blocks_writes(tmp_path: Path):
    done = _squawk(_offline_sql() + "\nCREATE INDEX blocking ON orders (total);\n", tmp_path)
    assert "require-concurrent-index-creation" in done.stdout
