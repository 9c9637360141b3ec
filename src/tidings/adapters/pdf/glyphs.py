"""Which letters the fonts have: PDF/A refuses a text with any other, and a customer may be called anything.

A letter that no font has is printed as a box; what joins and directs letters is left to the typesetter.
"""

import struct
import unicodedata
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

_BOX: Final = "\N{WHITE SQUARE}"
# Marks of direction and joining, which need no picture; typst knows what to do with them.
_SILENT: Final = frozenset((0x200C, 0x200D, 0x200E, 0x200F, 0x061C))
_SPACES: Final = frozenset(("Zs",))
_FORMAT_4, _FORMAT_12 = 4, 12


def printable(value: Any, letters: frozenset[int]) -> Any:
    """The same texts, lists and dictionaries of them, in letters that there are."""
    match value:
        case str():
            return value if value.isascii() and value.isprintable() else "".join(_spelled(value, letters))
        case list() | tuple():
            return [printable(each, letters) for each in value]
        case dict():
            return {name: printable(each, letters) for name, each in value.items()}
        case _:
            return value


def _spelled(text: str, letters: frozenset[int]) -> Iterator[str]:
    for letter in unicodedata.normalize("NFC", text):
        code = ord(letter)
        if code in letters or code in _SILENT:
            yield letter
        elif unicodedata.category(letter) in _SPACES:
            yield " "
        elif unicodedata.category(letter) not in {"Cf", "Cc", "Mn"}:
            # Without its accent, rather than not at all.
            yield from [part for part in unicodedata.normalize("NFD", letter) if ord(part) in letters] or _BOX


def covered(fonts: Iterable[Path]) -> frozenset[int]:
    """The code points that at least one of these fonts has a picture of."""
    return frozenset().union(*map(code_points, fonts))


def code_points(font: Path) -> set[int]:
    """The code points of one font, read from its `cmap`."""
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(tables))
    (start,) = (offset for tag, _, offset, _ in records if tag == b"cmap")
    count = struct.unpack_from(">H", data, start + 2)[0]
    found: set[int] = set()
    for offset in {struct.unpack_from(">HHL", data, start + 4 + 8 * n)[2] for n in range(count)}:
        read = _READERS.get(struct.unpack_from(">H", data, start + offset)[0])
        if read is not None:
            found |= read(data, start + offset)
    return found


def _segmented(data: bytes, at: int) -> set[int]:
    """Format 4: the letters of the first plane, in segments; a letter without a picture is no letter."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    column = partial(_column, data, count)
    ends, starts = column(">H", at + 14), column(">H", at + 16 + 2 * count)
    deltas, offsets = column(">h", at + 16 + 4 * count), column(">H", at + 16 + 6 * count)
    found = set()
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        here = at + 16 + 6 * count + 2 * n
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                glyph = struct.unpack_from(">H", data, here + offsets[n] + 2 * (code - first))[0]
            if (offsets[n] and glyph) or (not offsets[n] and (code + deltas[n]) & 0xFFFF):
                found.add(code)
    return found


def _column(data: bytes, count: int, form: str, at: int) -> list[int]:
    return [struct.unpack_from(form, data, at + 2 * n)[0] for n in range(count)]


def _grouped(data: bytes, at: int) -> set[int]:
    """Format 12: groups of code points of all planes."""
    found: set[int] = set()
    for n in range(struct.unpack_from(">L", data, at + 12)[0]):
        first, last, _ = struct.unpack_from(">LLL", data, at + 16 + 12 * n)
        found.update(range(first, last + 1))
    return found


_READERS: Final = {_FORMAT_4: _segmented, _FORMAT_12: _grouped}
