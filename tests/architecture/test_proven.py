"""A tiny project with a table of its own: what is named there and was not shown makes the run fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

FILES = {
    "pytest.ini": "[pytest]\ntestpaths = shop system\nmarkers = long\n",
    "shop/test_shop.py": """
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_sells(n): pass

@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.long)])
def test_sells_much(n): pass

@pytest.mark.long
def test_sells_for_ever(): pass
""",
    "shop/test_sunday.py": """
import pytest

def test_is_closed(): pytest.skip("on Sundays")

@pytest.mark.xfail(strict=True)
def test_flies(): assert False

@pytest.mark.parametrize("n", [1, 2])
def test_opens(n):
    if n == 2: pytest.skip("at two")
""",
    "system/test_image.py": "def test_is_built(): pass\n",
    "conftest.py": """
from pathlib import Path
from tests.fixtures.proven import Proof

def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        named = Path(__file__).with_name("named").read_text().split()
        config.pluginmanager.register(Proof(config, named))
""",
}
SHOP, SUNDAY = "shop/test_shop.py", "shop/test_sunday.py"
SELLS, MUCH, EVER = f"{SHOP}::test_sells", f"{SHOP}::test_sells_much", f"{SHOP}::test_sells_for_ever"
BUILT = "system/test_image.py::test_is_built"
# As `make test` does.
USUAL = ("-m", "not long", "--ignore=system")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def _run(project: Path, *arguments: str, named: list[str]) -> tuple[int, list[str]]:
    """The exit status, and what was said of the tests that are named."""
    (project / "named").write_text("\n".join(named), "utf-8")
    plain = ("-q", "-p", "xdist", "-p", "no:cacheprovider", "--import-mode=importlib")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    alone = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *arguments],
        cwd=project, env=ours | alone, capture_output=True, text=True, check=False, timeout=55,
    )  # fmt: skip
    words = ("docs/sop.md", "not run: ", "skipped: ", "failed: ")
    return ended.returncode, [
        line.strip("= ") for line in ended.stdout.splitlines() if line.strip("= ").startswith(words)
    ]


def test_what_was_not_run_or_not_shown_fails_a_run_in_which_nothing_failed(project: Path) -> None:
    gone = f"{SHOP}::test_gives_away"
    sunday = [f"{SUNDAY}::{name}" for name in ("test_flies", "test_is_closed", "test_opens")]
    assert _run(project, *USUAL, named=[SELLS, MUCH, EVER, gone, *sunday, BUILT]) == (
        pytest.ExitCode.TESTS_FAILED,
        ["docs/sop.md names tests that prove nothing", f"not run: {gone}", *(f"skipped: {name}" for name in sunday)],
    )


@pytest.mark.timeout(60)
def test_workers_report_what_they_have_shown(project: Path) -> None:
    told = ["docs/sop.md: all 2 tests that it names here have passed"]
    assert _run(project, "-n", "2", *USUAL, named=[SELLS, MUCH, EVER, BUILT]) == (0, told)


@pytest.mark.parametrize(
    ("arguments", "owed"),
    [
        (("-m", "long"), EVER),
        (("system",), BUILT),
        (("-k", "image"), ""),
        ((BUILT,), ""),
    ],
)
def test_a_run_is_held_to_what_it_was_to_run(project: Path, arguments: tuple[str, ...], owed: str) -> None:
    told = ["docs/sop.md: all 1 tests that it names here have passed"] if owed else []
    assert _run(project, *arguments, named=[SELLS, EVER, BUILT]) == (0, told)
