"""Prints docs/sop.md: the procedure sentence by sentence, with what carries it out and what shows that it does."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from scripts.charts import promised, table
from scripts.sop import ROOT, Row, Section, sections

HEAD = ("no.", "the procedure says", "how it is carried out", "where", "call", "recorded as", "shown by")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_INTRODUCTION = """\
# The procedure, sentence by sentence

[The procedure](sop-text.md) word for word, and for each sentence: how and where it is carried out, the calls of the API
(or commands) by which people and shops see or steer it, the kinds of record that it leaves in the audit trail, and the
tests that show it.

This page is printed by `make papers` from [sop.toml](sop.toml), the OpenAPI document and
[the table of milestones](../src/tidings/milestones/table.py). `tests/architecture/test_sop.py` holds it to the text and
to the code: no sentence is missing, and all that is named exists. And whoever runs the tests is told when one that is
named here was not run, was skipped or did not pass ([how](../tests/fixtures/proven.py)): `make test` fails then, and
so do `make test-system` and `make test-long` for those that they run."""


def sop_table() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, *(_printed(section) for section in sections())]
    return "\n\n".join(parts) + "\n"


def _printed(section: Section) -> str:
    level = "#" * (2 + section.number.count("."))
    title = section.heading.partition(". ")[2]
    heading = f"{level} {section.number} {title}" if title else f"{level} {section.heading}"
    if not section.rows:
        return heading
    rows = (_line(f"{section.number}-{place}", row) for place, row in enumerate(section.rows, start=1))
    return f"{heading}\n\n{table(HEAD, rows)}"


def _line(number: str, row: Row) -> tuple[str, ...]:
    promises = [f"`{milestone}`: {promised(milestone)}" for milestone in row.milestones]
    return (
        number,
        _cell([row.says]),
        _cell([row.does, *promises]),
        _cell(_link(path, path.removeprefix("src/tidings/")) for path in row.where),
        _cell(map(_call, row.calls)),
        _cell(f"`{kind}`" for kind in row.records),
        _cell(map(_test, row.tests)),
    )


def _cell(lines: Iterable[str]) -> str:
    return "<br>".join(line.replace("|", "\\|").replace("\t", " · ") for line in lines)


def _link(path: str, text: str) -> str:
    return f"[{text}](../{path})"


def _test(name: str) -> str:
    """Its sentence, linked to its file."""
    path, _, function = name.partition("::")
    return _link(path, function.rpartition("::")[2].removeprefix("test_").replace("_", " "))


def _call(call: str) -> str:
    is_operation = call.startswith(METHODS)
    return f"`{call}` {operations()[call]['summary']}" if is_operation else f"`{call}`"


@cache
def operations() -> Mapping[str, Mapping[str, Any]]:
    """The operations of the API's document by `METHOD /path`."""
    paths = json.loads((ROOT / "openapi" / "openapi.json").read_text("utf-8"))["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, item in paths.items()
        for method, operation in item.items()
        if method.upper() in METHODS
    }
