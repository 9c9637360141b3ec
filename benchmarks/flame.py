"""A flame graph as SVG, and a table of functions, out of sampled stacks."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final, Self

_WIDTH: Final = 1400.0
_ROW: Final = 17
_LEAST_WIDTH: Final = 0.6
_LETTER: Final = 6.2
_ROWS_OF_TABLE: Final = 45
_OUTER: Final = 0.97
# Own code, the rest of Python, everybody else's.
_COLOURS: Final = {"tidings": "#3a8f6b", "python": "#b9b3a3", "other": "#d9a441"}
_LOOP: Final = "Runner.run"
_FRAME = re.compile(r"^(?P<name>.*) \((?P<file>[^()]*?)(?::(?P<line>\d+))?\)$")


@dataclass(slots=True)
class Node:
    """One frame with all that was called from it there."""

    name: str
    samples: int = 0
    below: "dict[str, Node]" = field(default_factory=dict)


@dataclass(slots=True)
class Profile:
    """All stacks of one recording."""

    title: str
    # CPU time for each piece of work, to be shared out.
    micros: float
    root: Node
    own: Counter[str]
    total: Counter[str]

    @classmethod
    def read(cls, path: Path, title: str, micros: float) -> Self:
        """Out of lines of `frame;frame;… samples`."""
        root, own, total = Node("all"), Counter[str](), Counter[str]()
        for line in path.read_text("utf-8").splitlines():
            stack, _, count = line.rpartition(" ")
            if not count.isdigit():
                # A stack that was being changed while it was read.
                continue
            frames = [_short(frame) for frame in stack.split(";") if not frame.startswith(("process ", "thread "))]
            # Below the loop is the way from the command line to it.
            loops = [n for n, frame in enumerate(frames) if frame.startswith(_LOOP)]
            frames = frames[loops[-1] :] if loops else frames
            samples, node = int(count), root
            root.samples += samples
            for frame in frames:
                node = node.below.setdefault(frame, Node(frame))
                node.samples += samples
            own[frames[-1] if frames else "all"] += samples
            for frame in set(frames):
                total[frame] += samples
        return cls(title, micros, root, own, total)

    def table(self) -> list[str]:
        """The functions with the most time for each piece of work: ours with what they call, anybody's by itself."""
        ours = [(frame, samples) for frame, samples in self.total.most_common() if _whose(frame) == "tidings"]
        ours = [each for each in ours if not self._is_outer(each[1])]
        return [
            "with all that it calls:",
            *(self._line(frame, samples) for frame, samples in ours[:_ROWS_OF_TABLE]),
            "",
            "by itself:",
            *(self._line(frame, samples) for frame, samples in self.own.most_common(_ROWS_OF_TABLE)),
        ]

    def _line(self, frame: str, samples: int) -> str:
        return f"{self.micros * samples / max(self.root.samples, 1):9.1f} µs  {frame}"

    def _is_outer(self, samples: int) -> bool:
        """Everything happens below it: it tells nothing."""
        return samples > self.root.samples * _OUTER

    def svg(self) -> str:
        """The graph: callers below, callees above; a rectangle's tooltip tells its time."""
        rows = list(self._rectangles(self.root, 0.0, _WIDTH, 0))
        height = (max(depth for *_, depth in rows) + 3) * _ROW
        drawn = [self._drawn(node, x, width, height - (depth + 1) * _ROW) for node, x, width, depth in rows]
        box = f'viewBox="0 0 {_WIDTH:.0f} {height}" font-size="11" font-family="monospace"'
        ground = f'<rect width="100%" height="100%" fill="#fffdf8"/><text x="4" y="13">{escape(self.title)}</text>'
        return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {box}>', ground, *drawn, "</svg>\n"])

    def _rectangles(self, node: Node, x: float, width: float, depth: int) -> Iterator[tuple[Node, float, float, int]]:
        if width < _LEAST_WIDTH:
            return
        yield node, x, width, depth
        for below in sorted(node.below.values(), key=lambda each: each.name):
            share = width * below.samples / max(node.samples, 1)
            yield from self._rectangles(below, x, share, depth + 1)
            x += share

    def _drawn(self, node: Node, x: float, width: float, y: float) -> str:
        micros = self.micros * node.samples / max(self.root.samples, 1)
        letters = int((width - 4) / _LETTER)
        shown = escape(node.name[:letters]) if letters > 2 else ""
        return (
            f'<g><title>{escape(node.name)}: {micros:.1f} µs</title><rect x="{x:.1f}" y="{y}" width="{width:.1f}" '
            f'height="{_ROW - 1}" fill="{_COLOURS[_whose(node.name)]}"/>'
            f'<text x="{x + 2:.1f}" y="{y + 12}">{shown}</text></g>'
        )


def _whose(frame: str) -> str:
    if frame.endswith(")") and "(tidings/" in frame:
        return "tidings"
    return "python" if "(python/" in frame else "other"


def _short(frame: str) -> str:
    """`place_orders (tidings/orders/place.py:97)`, whatever machine it ran on."""
    found = _FRAME.match(frame)
    if found is None:
        return frame
    path = Path(found["file"]).as_posix()
    for mark, prefix in (("/site-packages/", ""), ("/src/tidings/", "tidings/"), ("/lib/python3", "python/")):
        if mark in path:
            tail = path.rpartition(mark)[2]
            path = prefix + (tail.partition("/")[2] if prefix == "python/" else tail)
            break
    return f"{found['name']} ({path})"
