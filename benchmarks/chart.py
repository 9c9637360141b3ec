"""The chart of docs/performance.md: how far each row is above or below its goal, as an SVG without a library."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

_ROW: Final = 24
_LABEL: Final = 190
_FIGURE: Final = 170
_WIDTH: Final = 860
_TOP: Final = 46
# Tenfold to either side of the goal, logarithmically.
_DECADES: Final = 1.0
_MET: Final = "#3a8f6b"
_MISSED: Final = "#c0563b"


def chart(results: Sequence[Mapping[str, Any]]) -> str:
    """One bar for each row: right of the line, the goal is reached."""
    height = _TOP + _ROW * len(results) + 12
    middle = _LABEL + (_WIDTH - _LABEL - _FIGURE) / 2
    bars = [_bar(result, _TOP + _ROW * n, middle) for n, result in enumerate(results)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="13" role="img" aria-label="Each benchmark against its goal">'
    )
    return "\n".join(
        [
            head,
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            *(_tick(factor, middle, height) for factor in (0.1, 0.2, 0.5, 1, 2, 5, 10)),
            *bars,
            "</svg>\n",
        ]
    )


def reach(result: Mapping[str, Any]) -> float:
    """How many times its goal a row reaches: 1 is just met."""
    word, goal = str(result["goal"]).split(" ")
    figure = result["ratio"] if result["ratio"] is not None else result["value"]
    if not figure:
        return 1.0
    return float(figure) / float(goal) if word == "≥" else float(goal) / float(figure)


def _bar(result: Mapping[str, Any], y: float, middle: float) -> str:
    reached = reach(result)
    end = _place(reached, middle)
    x, width = min(middle, end), max(abs(end - middle), 1.5)
    figure = result["ratio"] if result["ratio"] is not None else result["value"]
    told = f"{figure:.3g} (goal {result['goal']})"
    return (
        f"<g><title>{escape(result['name'])}: {told}</title>"
        f'<text x="{_LABEL - 10}" y="{y + 16}" text-anchor="end">{escape(result["name"])}</text>'
        f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 8}" '
        f'fill="{_MET if result["is_met"] else _MISSED}"/>'
        f'<text x="{_WIDTH - _FIGURE + 14}" y="{y + 16}">{escape(told)}</text></g>'
    )


def _tick(factor: float, middle: float, height: float) -> str:
    x, is_goal = _place(factor, middle), factor == 1
    colour, width = ("#333333", 1.6) if is_goal else ("#dddddd", 1)
    word = "goal" if is_goal else f"{factor:g} x"
    return (
        f'<line x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{height - 8}" stroke="{colour}" stroke-width="{width}"/>'
        f'<text x="{x:.1f}" y="{_TOP - 16}" text-anchor="middle" fill="#555555">{word}</text>'
    )


def _place(factor: float, middle: float) -> float:
    """Where so many times the goal lies."""
    share = max(-1.0, min(1.0, math.log10(factor) / _DECADES))
    return middle + share * (_WIDTH - _LABEL - _FIGURE) / 2
