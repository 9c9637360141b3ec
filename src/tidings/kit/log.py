"""What is written to standard output: one JSON object a line, and nothing personal in it, by construction.

A field is written only if its name is known here and its value is of the kind that the name stands for; anything else
is withheld and its name listed. So a recipient, a customer's name or a body cannot be logged by mistake: there is no
field for it. Exceptions are told by their classes and places, never by their messages, which quote data.
"""

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any, Final, TextIO
from uuid import UUID

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, merge_contextvars
from structlog.typing import FilteringBoundLogger, WrappedLogger
from typing_extensions import override

EventDict = MutableMapping[str, Any]


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
    "signed", "address_kind", "currency", "doing", "scope", "principal", "thread", "process",
})  # fmt: skip
_IDS: Final = frozenset({
    "attempt", "message", "order", "shipment", "task", "connection", "storefront", "request", "trace", "span", "code",
    "sqlstate", "constraint", "token", "owner", "subject", "digest",
})  # fmt: skip
_NUMBERS: Final = frozenset({
    "number", "port", "attempt", "step", "rows", "depth", "limit", "lag", "size", "count", "batch",
    "status_code", "exit_code", "pid", "workers", "tries",
})  # fmt: skip
_NUMBER_ENDINGS: Final = ("_ms", "_seconds", "_bytes", "_count", "_per_second")


def configure_logging(*, level: str, form: str = "json", stream: TextIO | None = None) -> None:
    """Write log lines of at least this level; libraries' own lines go the same way.

    Args:
        level: debug, info, warning or error.
        form: `json` for machines, `console` for eyes.
        stream: where to; standard output when None.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    out = stream or sys.stdout
    structlog.configure(
        processors=[*_PROCESSORS, _renderer(form)],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_FromLibraries()]
    root.setLevel(max(least, logging.WARNING))
    # uvicorn says what it listens on; its access lines carry query strings, ours do not.
    logging.getLogger("uvicorn.access").disabled = True


def get_logger() -> FilteringBoundLogger:
    """A logger; events are names with fields: `log.info("attempt.settled", outcome="deferred", attempt_id=…)`."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def bind(**ids: str) -> None:
    """Let every line from here on (in this task) carry these fields: `request_id`, `order_id`, `message_id`."""
    bind_contextvars(**ids)


def access_line(  # noqa: PLR0913 - these are the line
    *, at: datetime, request_id: str, method: str, route: str, status: int, took_ms: float, key_id: str | None
) -> str:
    """One answered request; made by hand, because it is written for every one and its values are known to be plain.

    Only the path's template is told: a path or a query may hold anything.
    """
    key = "null" if key_id is None else f'"{key_id}"'
    return (
        f'{{"timestamp": "{at.isoformat()}", "level": "info", "event": "http.answered", "method": "{method}", '
        f'"route": "{route}", "status_code": {status}, "took_ms": {took_ms:.3f}, "request_id": "{request_id}", '
        f'"key_id": {key}}}\n'
    )


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """The same for the length of a block."""
    with bound_contextvars(**ids):
        yield


def withhold(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Leave out every field that is not known here, or is not what its name says."""
    told = {name: plain for name, value in event.items() if (plain := allowed(name, value)) is not None}
    missing = sorted(name for name, value in event.items() if name not in told and value is not None)
    if missing:
        told["withheld"] = [name if _WORD.fullmatch(name) else "?" for name in missing]
    return told


def allowed(name: str, value: Any) -> Any:
    """The value as it may be written under this name, or None when it may not."""
    if isinstance(value, (bool, Constant)):
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


def structural_error(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Tell an exception by its classes and places; its message may quote anybody's data."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.update(describe(error))
    return event


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


class _FromLibraries(logging.Handler):
    """Lines of libraries: their level, name and place; their text only where it is a constant of their source."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Hand the line on, without its arguments."""
        place = f"{PurePath(record.pathname).parent.name}/{record.filename}:{record.lineno}:{record.funcName}"
        fields: dict[str, Any] = {"logger": record.name, "frames": [place.replace("<module>", "module")]}
        if record.args or record.name.startswith("uvicorn"):
            # With arguments apart, the text is a template; uvicorn's plain texts name addresses of our own.
            fields["said"] = Constant(record.msg)
        if record.exc_info and record.exc_info[1] is not None:
            fields |= describe(record.exc_info[1])
        log = structlog.get_logger()
        log.log(max(record.levelno, logging.DEBUG) // 10 * 10, "library.said", **fields)


def _renderer(form: str) -> Any:
    if form == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), sort_keys=False)
    return structlog.processors.JSONRenderer()


def _event_first(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


_PROCESSORS: Final = (
    merge_contextvars,
    structlog.processors.add_log_level,
    structural_error,
    withhold,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _event_first,
)
