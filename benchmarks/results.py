"""From repetitions to a figure with its spread, and to build/bench.json."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rows import BY_NAME, Row


class Mismatch(Exception):
    """The database does not hold what the load generator was answered: the figures mean nothing."""


@dataclass(slots=True)
class Result:
    """One row, measured."""

    name: str
    # One figure for each repetition, in the row's unit.
    runs: list[float]
    baseline_runs: list[float] = field(default_factory=list)
    # The ratio is baseline / value: for what is better when it is less.
    is_inverse: bool = False
    # What else was seen: CPU time, bytes of log, the figures of parts.
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> Row:
        """What it is a figure of."""
        return BY_NAME[self.name]

    @property
    def value(self) -> float:
        """The median."""
        return median(self.runs)

    @property
    def baseline(self) -> float | None:
        """The median of the baseline."""
        return median(self.baseline_runs) if self.baseline_runs else None

    @property
    def ratio(self) -> float | None:
        """Between the medians; None where the figure itself is the goal."""
        if self.baseline is None or self.row.aim == "value":
            return None
        return self._ratio(self.value, self.baseline)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest of what the goal is about, over the repetitions."""
        if self.ratio is None:
            return min(self.runs), max(self.runs)
        ratios = [self._ratio(value, other) for value, other in zip(self.runs, self.baseline_runs, strict=True)]
        return min(ratios), max(ratios)

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.row.is_met(self.value, self.ratio)

    def _ratio(self, value: float, baseline: float) -> float:
        above, below = (baseline, value) if self.is_inverse else (value, baseline)
        return above / below if below else 0.0

    def as_json(self) -> dict[str, Any]:
        """As it stands in build/bench.json."""
        low, high = self.spread
        return {
            "name": self.name,
            "value": _short(self.value),
            "unit": self.row.unit,
            "baseline": None if self.baseline is None else _short(self.baseline),
            "ratio": None if self.ratio is None else _short(self.ratio),
            "repetitions": len(self.runs),
            "goal": self.row.aims_at,
            "is_met": self.is_met,
            "min": _short(low),
            "max": _short(high),
            "runs": [_short(run) for run in self.runs],
            "baseline_runs": [_short(run) for run in self.baseline_runs],
            "detail": self.detail,
        }


def write(path: Path, machine: dict[str, Any], results: Sequence[Result]) -> None:
    """Write the file that `make bench` leaves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine, "results": [result.as_json() for result in results]}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _short(figure: float) -> float:
    """Five digits are more than is known."""
    return float(f"{figure:.5g}")
