"""documents.vs_typst: invoices made as the worker makes them; bare `typst.compile` of the same input, per core."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typst

from benchmarks.bench import Bench
from benchmarks.results import Result
from tests.fixtures.documents import ISSUED_AT, given
from tidings.adapters.pdf.press import ProcessPress
from tidings.adapters.pdf.typesetting import FONT_PACKAGES
from tidings.documents.ports import Sheet
from tidings.documents.sheet import sheet_data

_FIRST: Final = 20
_LEAST: Final = 40
# So many wait at the press at once: it is never without work, and has one process, which is one core.
_WAITING: Final = 4


async def measure(bench: Bench, names: Sequence[str]) -> list[Result]:
    """The product's whole way, from the document's input to its bytes, and bare typst, taking turns."""
    press = ProcessPress(1)
    try:
        own, theirs = partial(_made, press), _compiled(_sheet(0))
        count = max(_LEAST, round(await own(_FIRST) * bench.options.seconds))
        runs: dict[str, list[float]] = {"product": [], "typst": []}
        for n in range(bench.options.repetitions):
            runs["product"].append(await own(count))
            runs["typst"].append(await asyncio.to_thread(_rate, theirs, count))
            bench.say(f"  {n + 1}. {runs['product'][-1]:.0f} documents/s, bare {runs['typst'][-1]:.0f}")
    finally:
        press.close()
    return [Result(name, runs["product"], runs["typst"], detail={"documents": count}) for name in names]


def _sheet(n: int) -> Sheet:
    """An invoice of two lines, two rates, shipping and a discount; each has a number of its own."""
    told = sheet_data("invoice", f"INV-{n:06}", ISSUED_AT, "de-DE", given())
    return Sheet("invoice", told, int(ISSUED_AT.timestamp()))


async def _made(press: ProcessPress, count: int) -> float:
    """Put into words on the loop's side, printed in the press's process; documents per second."""
    todo = iter(range(count))

    async def work() -> None:
        for n in todo:
            await press.print(await asyncio.to_thread(_sheet, n))

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(_WAITING)))
    return count / (time.perf_counter() - began)


def _compiled(sheet: Sheet) -> Callable[[int], Any]:
    """`typst.compile` as its manual has it, with the fonts opened beforehand: only the number differs."""
    folder = Path(str(files("tidings.adapters.pdf").joinpath("layouts")))
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(files(package)) for package in FONT_PACKAGES],
    )
    families = json.dumps(["Noto Sans", "Noto Sans Arabic", "Noto Sans CJK JP"])

    def compiled(n: int) -> Any:
        data = json.dumps(dict(sheet.data) | {"name": f"INV-{n:06}"})
        return typst.compile(
            str(folder / "invoice.typ"),
            root=str(folder),
            font_paths=fonts,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": data, "fonts": families},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=sheet.issued_at,
        )

    return compiled


def _rate(compiled: Callable[[int], Any], count: int) -> float:
    began = time.perf_counter()
    for n in range(count):
        compiled(n)
    return count / (time.perf_counter() - began)
