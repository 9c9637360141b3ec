"""Writes the figures of the last run into docs/performance.md, and its chart: `python -m benchmarks.paper`.

Takes build/bench.json and, where they are there, build/bench-long.json for the long rows and build/bench-scale.json
for the section on scale.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import scale
from benchmarks.chart import chart
from benchmarks.rows import ROWS
from benchmarks.stand.processes import ROOT
from benchmarks.table import figure, wrapped

PAPER: Final = ROOT / "docs" / "performance.md"
CHART: Final = ROOT / "docs" / "performance.svg"
_COMMANDS: Final = {"bench.json": "make bench", "bench-long.json": "make bench-long"}


def main() -> None:
    """Write both."""
    runs = {name: _read(ROOT / "build" / name) for name in _COMMANDS}
    found = {name: run for name, run in runs.items() if run is not None}
    scaled = _read(scale.OUTPUT)
    if not found and scaled is None:
        raise SystemExit("benchmarks.paper: there is no build/bench.json yet: make bench")
    paper = PAPER.read_text("utf-8")
    if found:
        paper = _printed(paper, "measured", [part for name, run in found.items() for part in _part(name, run)])
        CHART.write_text(chart(_in_order([result for run in found.values() for result in run["results"]])), "utf-8")
    if scaled is not None:
        words = f"`make bench-scale` on {_machine(scaled['machine'])}."
        paper = _printed(paper, "scaled", [*wrapped(words), "", *scale.lines(scaled)])
    PAPER.write_text(paper, "utf-8")


def _printed(paper: str, name: str, lines: Sequence[str]) -> str:
    """The paper with these lines between its marks of this name."""
    between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    return between.sub(lambda marks: marks[1] + "\n".join(["", *lines]) + marks[2], paper)


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _part(name: str, run: Mapping[str, Any]) -> list[str]:
    machine = run["machine"]
    packages = ", ".join(f"{package} {version}" for package, version in machine["packages"].items())
    words = (
        f"`{_COMMANDS[name]}` on {_machine(machine)}. Python {machine['python']}, PostgreSQL {machine['postgres']}, "
        f"Valkey {machine['valkey']}; {packages}."
    )
    return [
        *wrapped(words),
        "",
        "| row | tidings | baseline | unit | ratio | spread | goal | |",
        "| -- | --: | --: | -- | --: | -- | -- | -- |",
        *map(_line, _in_order(run["results"])),
        "",
        *_costs(_in_order(run["results"])),
    ]


def _machine(machine: Mapping[str, Any]) -> str:
    return (
        f"{machine['at'][:10]}: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_mib'] // 1024} GiB, {machine['system']}; fsync takes {machine['fsync_ms']} ms, "
        f"load average before the run {machine['load_before']} (of others, if it is not near 0). "
        f"The whole run took {machine['seconds']} s"
    )


def _costs(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """CPU time for each order, message or callback."""
    rows = [cells for result in results if (cells := _cost(result)) is not None]
    if not rows:
        return []
    head = ("row", "process µs", "Postgres µs", "baseline's process µs", "its Postgres µs")
    return [
        "CPU time of the process and of Postgres for each order, message or callback:",
        "",
        f"| {' | '.join(head)} |",
        "| -- | --: | --: | --: | --: |",
        *(f"| {' | '.join(cells)} |" for cells in rows),
        "",
    ]


def _cost(result: Mapping[str, Any]) -> tuple[str, ...] | None:
    seen = result["detail"]
    own = seen.get("app_us", seen.get("worker_us"))
    if own is None:
        return None
    other = seen.get("baseline_app_us", seen.get("baseline_worker_us"))
    figures = (own, seen["postgres_us"], other, seen.get("baseline_postgres_us"))
    return (f"`{result['name']}`", *map(figure, figures))


def _line(result: Mapping[str, Any]) -> str:
    cells = (
        f"`{result['name']}`",
        figure(result["value"]),
        figure(result["baseline"]),
        result["unit"],
        figure(result["ratio"]),
        f"{figure(result['min'])}..{figure(result['max'])} ({result['repetitions']})",
        result["goal"],
        "met" if result["is_met"] else "**missed**",
    )
    return f"| {' | '.join(cells)} |"


def _in_order(results: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    names = [row.name for row in ROWS]
    return sorted(results, key=lambda result: names.index(result["name"]))


if __name__ == "__main__":
    main()
