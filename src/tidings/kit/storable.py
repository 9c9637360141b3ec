"""What JSON can say and no column of Postgres can hold: NUL characters, and halves of surrogate pairs."""

from collections.abc import Iterator
from typing import Any

from tidings.kit.faults import pointer
from tidings.kit.problem import Fault


def unstorable(document: Any) -> Iterator[Fault]:
    """Where a parsed document holds what no column can."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    while pending:
        path, value = pending.pop()
        match value:
            case dict():
                yield from (_named_wrongly(path, key) for key in value if _wrong(key))
                pending += [((*path, key), value[key]) for key in reversed(value) if not _wrong(key)]
            case list():
                pending += [((*path, n), value[n]) for n in reversed(range(len(value)))]
            case str() if why := _wrong(value):
                yield Fault(pointer(path), why)


def _named_wrongly(path: tuple[str | int, ...], key: str) -> Fault:
    return Fault(pointer(path), f"has a field whose name {_wrong(key)}")


def _wrong(text: str) -> str | None:
    if "\x00" in text:
        return "contains a NUL character"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "contains half of a surrogate pair"
    return None
