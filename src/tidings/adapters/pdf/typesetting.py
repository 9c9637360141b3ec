"""What runs in the press's own processes: typst with its fonts, opened once; one document after the other.

Only texts come in and only bytes go out. A process whose parent is gone ends by itself.
"""

import json
import os
import signal
import threading
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import Any, Final

import typst

from tidings.adapters.pdf.factur_x import named, refuse_invalid
from tidings.adapters.pdf.glyphs import covered, printable
from tidings.documents.ports import Sheet, Unprintable

# Whoever sends messages goes first.
_NICE: Final = 10

# The packages that carry the fonts, and the families in the order in which letters are looked for.
FONT_PACKAGES: Final = ("manimgx_fonts", "noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
_FIRST: Final = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK JP")


@dataclass(frozen=True, slots=True)
class _Typesetter:
    fonts: typst.Fonts
    families: str
    letters: frozenset[int]
    compilers: dict[str, typst.Compiler]


def begin_work() -> None:
    """Make a process of the press ready, before its first document."""
    os.nice(_NICE)
    # Ctrl-C goes to everybody at the terminal: it is the parent who decides when there is nothing more to print.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _typesetter()


def _end_with(sentinel: int) -> None:
    """A worker that was killed tells nobody: its press would wait for work for ever."""
    connection.wait([sentinel])
    os._exit(1)


def typeset(sheet: Sheet) -> bytes:
    """The document as PDF/A-3a and PDF/UA-1, with its XML in it if it has one.

    Raises:
        Unprintable: the layout or the XML will not do.
    """
    if sheet.xml is not None:
        refuse_invalid(sheet.xml)
    pdf = _printed(sheet)
    return pdf if sheet.xml is None else named(pdf)


def _printed(sheet: Sheet) -> bytes:
    setter = _typesetter()
    inputs = {"data": json.dumps(printable(dict(sheet.data), setter.letters)), "fonts": setter.families}
    if sheet.xml is not None:
        inputs["xml"] = sheet.xml.decode()
    try:
        pdf = _compiler(setter, sheet.layout).compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=sheet.issued_at,
        )
    except typst.TypstError as error:
        raise Unprintable(_told(error)) from error
    if not isinstance(pdf, bytes):
        raise TypeError
    return pdf


def _told(error: typst.TypstError) -> str:
    """The kind of fault, without what it quotes: that may be the customer's."""
    return str(error).partition("`")[0].strip()[:200]


def _compiler(setter: _Typesetter, layout: str) -> typst.Compiler:
    """One for each layout: what it has parsed and shaped serves the next document, too."""
    found = setter.compilers.get(layout)
    if found is None:
        folder = Path(str(files("tidings.adapters.pdf").joinpath("layouts")))
        found = typst.Compiler(
            input=str(folder / f"{layout}.typ"), root=str(folder), font_paths=setter.fonts, ignore_system_fonts=True
        )
        setter.compilers[layout] = found
    return found


@lru_cache(maxsize=1)
def _typesetter() -> _Typesetter:
    folders = [str(files(package)) for package in FONT_PACKAGES]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=_paths(folders))
    others = sorted({info.family for info in fonts.fonts()} - set(_FIRST))
    paths = {Path(info.path) for info in fonts.fonts() if info.path is not None}
    return _Typesetter(fonts, json.dumps([*_FIRST, *others]), covered(paths), {})


def _paths(folders: list[str]) -> list[Any]:
    return [Path(folder) for folder in folders]
