"""What is printed."""

from collections.abc import Iterable, Sequence

from benchmarks.results import Result

_WIDTH = 118
HEAD = ("row", "tidings", "baseline", "unit", "ratio", "spread", "goal", "")


def lines(results: Iterable[Result]) -> list[str]:
    """The table, in columns, each goal that is missed marked."""
    rows = [HEAD, *map(_cells, results)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    return ["  ".join(_aligned(n, cell, widths[n]) for n, cell in enumerate(row)).rstrip() for row in rows]


def details(results: Sequence[Result]) -> list[str]:
    """What else was seen, a line for each row that has some."""
    return [
        f"{result.name}: " + ", ".join(f"{name} {value}" for name, value in result.detail.items())
        for result in results
        if result.detail
    ]


def figure(number: float | None) -> str:
    """Three digits, or none."""
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def wrapped(text: str) -> list[str]:
    """Prose in lines."""
    lines, line = [], ""
    for word in text.split(" "):
        if len(line) + len(word) >= _WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return [*lines, line]


def _cells(result: Result) -> tuple[str, ...]:
    low, high = result.spread
    return (
        result.name,
        figure(result.value),
        figure(result.baseline),
        result.row.unit,
        figure(result.ratio),
        f"{figure(low)}..{figure(high)}",
        result.row.aims_at,
        "" if result.is_met else "missed",
    )


def _aligned(column: int, cell: str, width: int) -> str:
    return cell.rjust(width) if column in {1, 2, 4} else cell.ljust(width)
