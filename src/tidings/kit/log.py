"""What is written to standard output: one JSON object a line, and nothing personal in it, by construction.

kit/withhold.py says what may be written; of what may not, the names are listed.
"""

import logging
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TextIO

import structlog
from structlog.typing import FilteringBoundLogger, WrappedLogger
from typing_extensions import override

from tidings.kit.withhold import Constant, allowed, describe

EventDict = MutableMapping[str, Any]


@dataclass(slots=True)
class _Output:
    stream: TextIO | None = None
    form: str = "json"
    least: int = logging.INFO


# What configure_logging has set.
_output = _Output()


class Answered(NamedTuple):
    """One answered request. Only the path's template is told: a path or a query may hold anything.

    Made into JSON by hand, because it is written for every request, and its values are known to be plain.
    """

    at: datetime
    request_id: str
    method: str
    route: str
    status: int
    took_ms: float
    # The digits of a key's id.
    key_id: str | None

    def as_json(self) -> str:
        """The line for machines."""
        key = "null" if self.key_id is None else f'"key_{self.key_id}"'
        return (
            f'{{"timestamp": "{self.at.isoformat()}", "level": "info", "event": "http.answered", '
            f'"method": "{self.method}", "route": "{self.route}", "status_code": {self.status}, '
            f'"took_ms": {self.took_ms:.3f}, "request_id": "{self.request_id}", "key_id": {key}}}\n'
        )

    def for_eyes(self) -> str:
        """The line for eyes."""
        return f"{self.at:%H:%M:%S} {self.method} {self.route} → {self.status} in {self.took_ms:.1f} ms\n"


# What every line of this task carries. One variable, because it is set for every request.
CARRIED: ContextVar[Mapping[str, str]] = ContextVar("carried", default=MappingProxyType({}))


def configure_logging(*, level: str, form: str = "json", stream: TextIO | None = None) -> None:
    """Write log lines of at least this level; libraries' own lines go the same way.

    Args:
        level: debug, info, warning or error.
        form: `json` for machines, `console` for eyes.
        stream: where to; standard output when None.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    _output.stream, _output.form, _output.least = stream, form, least
    structlog.configure(
        processors=[*_PROCESSORS, _renderer(form)],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stdout),
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
    CARRIED.set({**CARRIED.get(), **ids})


def answered(line: Answered) -> None:
    """Write the line of an answered request, where and in which form all others are written."""
    out = _output
    if out.least > logging.INFO:
        return
    stream = out.stream or sys.stdout
    stream.write(line.as_json() if out.form == "json" else line.for_eyes())
    stream.flush()


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """The same for the length of a block."""
    token = CARRIED.set({**CARRIED.get(), **ids})
    try:
        yield
    finally:
        CARRIED.reset(token)


def _carried(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {**CARRIED.get(), **event}


def withhold(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Leave out every field that is not known here, or is not what its name says."""
    told = {name: plain for name, value in event.items() if (plain := allowed(name, value)) is not None}
    missing = sorted(name for name, value in event.items() if name not in told and value is not None)
    if missing:
        told["withheld"] = [allowed("kind", name) or "?" for name in missing]
    return told


def structural_error(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Tell an exception by its classes and places; its message may quote anybody's data."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event.update(describe(error))
    return event


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
    _carried,
    structlog.processors.add_log_level,
    structural_error,
    withhold,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _event_first,
)
