"""HTTP to providers: a pure seam of values, and the one client that sends them.

An adapter makes an `HttpRequest` and reads an `HttpAnswer`; nothing here raises for what a provider does. What counts
when no answer comes is whether the request can have been carried out: `HttpFailure.processed` says so.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic_core import from_json
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, DetailedPyreqwestError
from pyreqwest.http import HeaderMap
from pyreqwest.response import Response

from tidings.delivery.ports import Transient, Uncertain


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is to be sent. Its repr shows neither secrets nor personal data."""

    method: Literal["GET", "POST"]
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back, whatever the status. A body over the limit is cut off there."""

    status: int
    # Lower-case names; of a repeated header the first. In ASCII: what is not is left out.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """The body as JSON, or None when it is something else: gateways answer in HTML."""
        try:
            return from_json(self.body, allow_inf_nan=False)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """No usable answer came."""

    reason: str
    # "no": the request certainly never reached the provider's application; "unknown": it may have been carried out.
    processed: Literal["no", "unknown"]

    def outcome(self) -> Transient | Uncertain:
        """What it means for a message: only what certainly never left may be sent again without a second thought."""
        return Transient(self.reason) if self.processed == "no" else Uncertain(self.reason)


HttpAnswer = HttpResponse | HttpFailure


@dataclass(frozen=True, slots=True)
class Patience:
    """Time-outs in parts, and how much of an answer is read."""

    # Everything, from the first packet to the last byte of the answer.
    total: timedelta = timedelta(seconds=20)
    # Name, TCP and TLS. A name is looked up for each new connection and not remembered: a provider that has moved is
    # found when the connections to its old place end, or have been idle.
    connect: timedelta = timedelta(seconds=5)
    # Between two reads.
    read: timedelta = timedelta(seconds=15)
    # Providers close idle connections after a minute or so; a request written into one of those is lost as "unknown".
    idle: timedelta = timedelta(seconds=25)
    answer_bytes: int = 256 * 1024

    @classmethod
    def within(cls, total: timedelta) -> Self:
        """The usual proportions of some other total."""
        return cls(total=total, connect=total / 4, read=total * 3 / 4)


def trace_header(trace: str | None) -> dict[str, str]:
    """The W3C trace header of a message's order, if it is traced."""
    return {} if trace is None else {"traceparent": trace}


class Http:
    """The client. One per process: connections are kept and shared, HTTP/2 is spoken where the provider offers it."""

    def __init__(self, patience: Patience | None = None, *, trusted_pem: bytes | None = None) -> None:
        """Nothing is opened before the first request.

        Args:
            patience: time-outs and limits.
            trusted_pem: a certificate authority to trust beside the public ones (a company's own proxy).
        """
        # Its logger repeats whole addresses, which carry phone numbers in their queries.
        logging.getLogger("pyreqwest").setLevel(logging.WARNING)
        self._patience = patience or Patience()
        self._client = _client(self._patience, trusted_pem)

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send once; nothing is ever repeated here that could have been carried out."""
        try:
            building = self._client.request(request.method, request.url).headers(request.headers)
            if request.body:
                building = building.body_bytes(request.body)
            sending = building.build_streamed()
        except ValueError:
            return HttpFailure("the address or a header is not valid HTTP", processed="no")
        try:
            async with sending as response:
                return await self._read(response)
        except DetailedPyreqwestError as error:
            return _failure(error)

    async def _read(self, response: Response) -> HttpResponse:
        body = await response.body_reader.read(self._patience.answer_bytes)
        return HttpResponse(response.status, _header_fields(response.headers), bytes(body or b""))

    async def close(self) -> None:
        """Close all connections; requests under way fail as unknown."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _client(patience: Patience, trusted_pem: bytes | None) -> Client:
    builder = (
        ClientBuilder()
        .user_agent("tidings")
        .timeout(patience.total)
        .connect_timeout(patience.connect)
        .read_timeout(patience.read)
        .pool_idle_timeout(patience.idle)
        # A redirect would carry credentials and personal data to an address nobody has configured.
        .follow_redirects(enable=False)
        .referer(enable=False)
        .http2(enable=True)
        # All requests to a provider share one connection there. One that has gone deaf is asked and given up; else
        # each request would wait for its own time-out on it, and become uncertain.
        .http2_keep_alive_interval(patience.connect)
        .http2_keep_alive_timeout(patience.connect)
        # A small answer may unpack to a giant one.
        .gzip(enable=False)
        .brotli(enable=False)
        .zstd(enable=False)
        .deflate(enable=False)
    )
    if trusted_pem is not None:
        builder = builder.add_root_certificate_pem(trusted_pem)
    return builder.build()


def _header_fields(given: HeaderMap) -> dict[str, str]:
    """By small names the first value of each; those in other letters than ASCII, which pyreqwest has not, are left out.

    A proxy's odd `Server` must not make an unknown outcome of an answer that came.
    """
    fields: dict[str, str] = {}
    for name in given:
        with suppress(ValueError):
            fields.setdefault(name, given[name])
    return fields


# pyreqwest's classes cannot be trusted in this: 0.15 raises ConnectError for a connection that closed after the whole
# request was written, and ConnectTimeoutError when no answer came in time. Its chain of causes tells the truth.
_NEVER_LEFT = ("client error (Connect)", "refused stream before processing any application logic")


def _failure(error: DetailedPyreqwestError) -> HttpFailure:
    causes = [cause["message"] for cause in error.details["causes"] or ()]
    never_left = isinstance(error, BuilderError) or any(sign in message for message in causes for sign in _NEVER_LEFT)
    # The outermost cause repeats the address, query and all; the innermost says what happened.
    innermost = causes[-1] if causes and "for url" not in causes[-1] else ""
    reason = f"{error.message}: {innermost}" if innermost else error.message
    return HttpFailure(reason, processed="no" if never_left else "unknown")
