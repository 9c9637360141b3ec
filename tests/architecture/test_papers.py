"""Prose rots, so what can be printed is compared, and what is named must exist."""

import re
from pathlib import Path

import pytest

from scripts.charts import comments_of
from scripts.papers import papers, printed
from tests.architecture.source import PACKAGE, ROOT, modules
from tidings.changes import states as changes
from tidings.delivery import states as delivery
from tidings.issues import kinds as issues
from tidings.orders import states as orders
from tidings.retention import states as retention
from tidings.shipments import states as shipments

PAPERS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PROSE = [
    *(ROOT / name for name in PAPERS if name.endswith(".md")),
    *DECISIONS,
    ROOT / "docs" / "sop.md",
    *PACKAGE.rglob("*.md"),
]
SCREEN = 45


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", papers(), ids=_name)
def test_what_comes_from_code_is_printed_as_the_code_is_now(path: Path) -> None:
    assert path.read_text("utf-8") == papers()[path], "make papers writes it anew"


def test_a_printed_part_is_replaced_and_the_rest_is_left_alone() -> None:
    text = "before\n<!-- printed: ladder -->\n\nold\n\n<!-- end -->\nafter\n"
    assert "old" not in printed(text)
    assert printed(printed(text)) == printed(text)
    assert printed(text).startswith("before\n")
    assert printed(text).endswith("after\n")


STATES = {
    changes: ("ChangeStatus", "RefundStatus"),
    delivery: ("ReceiptStatus", "AttemptStatus", "MessageStatus"),
    issues: ("IssueStatus",),
    orders: ("OrderStatus",),
    retention: ("ErasureStatus", "ExportStatus"),
    shipments: ("ShipmentStatus",),
}


def test_every_state_says_what_it_means() -> None:
    for module, names in STATES.items():
        source = Path(module.__file__).read_text("utf-8")
        for name in names:
            assert not [state for state, meaning in comments_of(source, name).items() if not meaning]


@pytest.mark.parametrize("name", PAPERS)
def test_the_papers_are_there(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8")) > 400


@pytest.mark.parametrize("path", PROSE, ids=_name)
def test_what_a_paper_links_to_is_there(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", path.read_text("utf-8"))
    assert not [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", PROSE, ids=_name)
def test_the_files_that_a_paper_names_are_there(path: Path) -> None:
    named = re.findall(
        r"`((?:src/tidings|tests|docs|scripts|requirements|openapi|migrations)/[\w./-]+\w)`", path.read_text("utf-8")
    )
    assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("path", PROSE, ids=_name)
def test_the_make_targets_that_a_paper_names_are_there(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", path.read_text("utf-8"))) <= targets


@pytest.mark.parametrize("path", PROSE, ids=_name)
def test_lines_of_prose_are_no_longer_than_lines_of_code(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert not [
        n for n, line in enumerate(lines, 1) if len(line) > 120 and not line.startswith("|") and "](" not in line
    ]


def test_decisions_are_numbered_without_gaps_and_have_the_same_parts() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert heads == ["Context", "Decision", "Consequences", "Alternatives"], path.name


def test_decisions_that_the_code_refers_to_exist() -> None:
    numbers = {n for m in modules("src", "migrations") for n in re.findall(r"docs/decisions/(\d{4})", m.text)}
    assert numbers <= {path.name[:4] for path in DECISIONS}
    assert numbers


def test_contributing_takes_less_than_three_screens() -> None:
    assert (ROOT / "CONTRIBUTING.md").read_text("utf-8").count("\n") < 3 * SCREEN


def test_the_package_tells_the_procedure_and_names_every_folder() -> None:
    told = (PACKAGE / "__init__.py").read_text("utf-8")
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert not {folder for folder in folders if f"`{folder}`" not in told}
    steps = [told.index(f"\n{n}. ") for n in range(1, 7)]
    assert steps == sorted(steps)


def test_the_changelog_keeps_its_headings() -> None:
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", head) for head in heads[1:])
