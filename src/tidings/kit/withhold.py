"""What may be written to a log, by its name and its kind. Pure.

A field is written only if its name is known here and its value is of the kind that the name stands for; anything else
is withheld. So a recipient, a customer's name or a body cannot be logged by mistake: there is no field for it.
Exceptions are told by their classes and places, never by their messages, which quote data.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any, Final
from uuid import UUID


class Constant(str):
    """A text that stands in somebody's source code, so that it quotes nobody."""

    __slots__ = ()


# Our own words: a status, a kind, a provider's name, a path template. No "@", no blank, no leading digit or "+".
_WORD = re.compile(r"[A-Za-z/_{][A-Za-z0-9_./:{}\[\]-]{0,199}")
# Ids, hashes, W3C trace contexts, provider codes.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}")
# An id that could be somebody's telephone number is not taken for one.
_TELEPHONE = re.compile(r"[0-9]{6,17}")

_WORDS: Final = frozenset({
    "event", "level", "logger", "method", "route", "outcome", "status", "channel", "provider", "connection",
    "milestone", "kind", "mode", "queue", "state", "check", "reason", "revision", "role", "signal",
    "template", "locale", "version", "slug", "setting", "error", "frames", "withheld", "job", "doorbell",
    "signed", "address_kind", "currency", "doing", "scope", "principal", "thread", "process", "stage", "store",
})  # fmt: skip
_IDS: Final = frozenset({
    "attempt", "message", "order", "shipment", "task", "connection", "storefront", "request", "trace", "span", "code",
    "sqlstate", "constraint", "token", "owner", "subject", "digest", "document", "issue", "deadline", "review",
})  # fmt: skip
_NUMBERS: Final = frozenset({
    "number", "port", "attempt", "step", "rows", "depth", "limit", "lag", "size", "count", "batch",
    "status_code", "exit_code", "pid", "workers", "tries",
})  # fmt: skip
_NUMBER_ENDINGS: Final = ("_ms", "_seconds", "_bytes", "_count", "_per_second")


def allowed(name: str, value: Any) -> Any:
    """The value as it may be written under this name, or None when it may not."""
    if value is None or isinstance(value, (bool, Constant)):
        return value
    if isinstance(value, (list, tuple)):
        plain = [allowed(name, part) for part in value]
        return None if None in plain else plain
    if isinstance(value, (int, float, timedelta)):
        return _figure(name, value)
    if isinstance(value, (datetime, date)):
        return value.isoformat() if name.endswith(("_at", "_on", "_until")) or name == "at" else None
    return _text(name, value)


def _figure(name: str, value: float | timedelta) -> float | None:
    if name in _NUMBERS or name.endswith(_NUMBER_ENDINGS):
        return value.total_seconds() if isinstance(value, timedelta) else value
    return None


def _text(name: str, value: Any) -> str | None:
    text = str(value.value if isinstance(value, Enum) else value)
    if name in _WORDS and _WORD.fullmatch(text):
        return text
    if name in _IDS or name.endswith(("_id", "_ids")):
        known = isinstance(value, UUID) or (_ID.fullmatch(text) and not _TELEPHONE.fullmatch(text))
        return text if known else None
    return None


def describe(error: BaseException) -> dict[str, Any]:
    """Fields that tell of an exception: its class and those of its causes, where, and Postgres's own codes."""
    chain = list(_causes(error))
    told: dict[str, Any] = {
        "error": [f"{type(link).__module__}.{type(link).__qualname__}" for link in chain],
        "frames": _frames(chain[-1].__traceback__),
    }
    for name, attribute in (("sqlstate", "sqlstate"), ("constraint", "constraint_name")):
        value = next((found for link in chain if (found := getattr(link, attribute, None))), None)
        if isinstance(value, str):
            told[name] = value
    return told


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(8):
        if link is None:
            return
        yield link
        inner = link.exceptions[0] if isinstance(link, BaseExceptionGroup) else None
        link = inner or link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _frames(trace: TracebackType | None) -> list[str]:
    """The innermost places, nearest last: `orders/place.py:41:place_orders`."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        place = "/".join(PurePath(code.co_filename).parts[-2:])
        frames.append(f"{place}:{trace.tb_lineno}:{code.co_name.strip('<>')}")
        trace = trace.tb_next
    return frames[-12:]
