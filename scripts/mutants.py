"""Breaks the conditions of the outbox and of the trail one at a time, and looks whether a test notices: `make mutants`.

Works on a copy of the sources; takes some minutes. A mutant that no test notices ends it with exit code 1.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_COPIED: Final = (
    "src",
    "tests",
    "docs",
    "scripts",
    "migrations",
    "openapi",
    "pyproject.toml",
    "alembic.ini",
    "README.md",
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One condition, and what it is made into."""

    what: str
    file: str
    old: str
    new: str
    # Where it should be noticed.
    tests: tuple[str, ...]


def mutants(words: Sequence[str] = ()) -> list[Mutant]:
    """Those whose sentence has one of these words; all of them when there are none."""
    found = tomllib.loads((ROOT / "scripts" / "mutants.toml").read_text("utf-8"))["mutant"]
    every = [Mutant(**(values | {"tests": tuple(values["tests"])})) for values in found]
    return [mutant for mutant in every if not words or any(word in mutant.what for word in words)]


def main() -> int:
    """Try them all."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in _COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        tried = mutants(sys.argv[1:])
        if seen := _first_failure(tuple({test: None for mutant in tried for test in mutant.tests}), copy):
            sys.exit(f"unchanged, the sources fail already: {seen}")
        survivors = [mutant.what for mutant in tried if not _is_noticed(mutant, copy)]
    print(f"{len(tried) - len(survivors)} of {len(tried)} mutants are noticed")
    return 1 if survivors else 0


def _is_noticed(mutant: Mutant, copy: Path) -> bool:
    path = copy / "src" / "tidings" / mutant.file
    sound = path.read_text("utf-8")
    if sound.count(mutant.old) != 1:
        sys.exit(f"{mutant.what}: what it changes is there {sound.count(mutant.old)} times; see scripts/mutants.toml")
    path.write_text(sound.replace(mutant.old, mutant.new), "utf-8")
    try:
        seen = _first_failure(mutant.tests, copy)
    finally:
        path.write_text(sound, "utf-8")
    print(f"{'noticed ' if seen else 'SURVIVED'}  {mutant.what:45}  {seen}", flush=True)
    return bool(seen)


def _first_failure(tests: tuple[str, ...], copy: Path) -> str:
    """The first test that fails; empty when all pass. A run that comes to no test notices nothing."""
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-m", "not long"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own tests
    if done.returncode == 0:
        return ""
    failed = [line.split(" - ")[0] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if not failed:
        sys.exit(f"pytest ended with {done.returncode}:\n{done.stdout[-1000:]}\n{done.stderr[-1000:]}")
    return failed[0]


if __name__ == "__main__":
    sys.exit(main())
