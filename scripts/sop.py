"""Reads docs/sop.toml: each sentence of the procedure (docs/sop-text.md), and where, how and by what it is carried out.

Only that, and from the standard library alone: every run of the tests reads it (tests/fixtures/proven.py).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
TEXT: Final = ROOT / "docs" / "sop-text.md"

# Headings, bullets, and the bullets inside bullets as the text has them.
_HEADING = re.compile(r"\d+\. [A-Z]")
_BULLET = re.compile(r"(?:- )?(?:o )?")
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_RULE = re.compile(r"-+\t-+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A sentence of the procedure (a bullet, a template, a reference), and all that there is of it."""

    # Word for word.
    says: str
    does: str
    # Paths from the root of the repository.
    where: Sequence[str]
    # `POST /v1/orders`, or `tidings records list`.
    calls: Sequence[str]
    # Kinds in the audit trail.
    records: Sequence[str]
    # `tests/db/orders/test_place.py::test_a_key_is_free_again_in_the_other_mode`
    tests: Sequence[str]
    # Rows of src/tidings/milestones/table.py.
    milestones: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what stands below it."""

    # `4.2`; the text numbers the parts of section 4 from 1.
    number: str
    heading: str
    rows: Sequence[Row] = ()
    # The head of its table in the text, which is no sentence.
    table: str | None = None


def sections() -> tuple[Section, ...]:
    """The whole table, in the order of the text."""
    told = tomllib.loads((ROOT / "docs" / "sop.toml").read_text("utf-8"))
    return tuple(_section(one) for one in told["section"])


def _section(told: Mapping[str, Any]) -> Section:
    return Section(**{**told, "rows": tuple(Row(**row) for row in told.get("rows", ()))})


def named_tests() -> frozenset[str]:
    """Every test that some row names."""
    return frozenset(test for section in sections() for row in section.rows for test in row.tests)


def parts(text: str) -> Iterator[str]:
    """What the text consists of: headings and the heads of tables as they are, all else sentence by sentence.

    A line that is indented and goes on in the middle of a sentence belongs to the one before. A line of a table is one
    part, whatever is quoted in it.
    """
    for line in re.sub(r"\n (?=[a-z])", " ", text).splitlines():
        said = line.strip()
        if not said or _RULE.fullmatch(said):
            continue
        if _HEADING.match(said) or "\t" in said:
            yield said
        else:
            yield from _SENTENCE.split(_BULLET.sub("", said, count=1))
