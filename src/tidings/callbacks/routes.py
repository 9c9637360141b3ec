"""What providers post: verified over the raw bytes, committed, and only then answered."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar, cast
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response

from tidings.callbacks.connection import Connections, connection_in
from tidings.callbacks.errors import CallbackTooLarge, NotSigned, Unreadable
from tidings.callbacks.incoming import Incoming, Origin
from tidings.callbacks.ports import CallbackReader, Posted, ProviderEvent
from tidings.callbacks.take_in import TakeIn, Taken, take_in
from tidings.delivery.ports import ConnectionConfig
from tidings.kit.batching import Batcher, Overloaded
from tidings.kit.clock import Clock
from tidings.kit.declared import problems
from tidings.kit.idempotency import full_path
from tidings.kit.ids import parse
from tidings.kit.metrics import Metrics
from tidings.kit.problem import MEDIA_TYPE, NotFound, Unavailable
from tidings.kit.vault import VaultClosed

T = TypeVar("T")

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])

# Larger bodies are verified and read beside the event loop.
_SMALL: Final = 32_768
# Callbacks with more events have a transaction of their own: nobody should have to wait for them.
_FEW: Final = 50


class Book(Protocol):
    """Connections as this process remembers them."""

    def forget(self, connection_id: UUID) -> None:
        """Read it anew next time."""
        ...


class Readers(Protocol):
    """Knows how each provider talks back; adapters/registry.py is one."""

    def reader(self, channel: str, name: str) -> CallbackReader | None:
        """How this provider's callbacks are read; None when it never calls back."""
        ...


class Desk(Connections, Protocol):
    """What callbacks need of the running application: `app.state.runtime` fulfils it."""

    clock: Clock
    metrics: Metrics
    # Callbacks that come in at the same time are taken in together.
    taking_in: Batcher[TakeIn, Taken]

    @property
    def connections(self) -> Book:
        """The connections that are remembered."""
        ...

    @property
    def registry(self) -> Readers:
        """The providers."""
        ...


@router.post(
    "/{connection_id}",
    status_code=200,
    response_class=Response,
    responses=problems(NotSigned, Unreadable, NotFound, CallbackTooLarge, Unavailable, VaultClosed, Overloaded),
    summary="What a provider says",
)
async def take_callback(connection_id: str, request: Request) -> Response:
    """Status, bounce, complaint, reply or opt-out: verified by the provider's own signature, no API key.

    Answered only after everything is committed. An event that was told before changes nothing; one about a message
    that is not known (yet) is kept, and matched later.
    """
    desk = cast("Desk", request.app.state.runtime)
    connection = await connection_in(desk, parse("con", connection_id))
    reader = desk.registry.reader(connection.channel, connection.provider)
    if reader is None:
        raise NotFound
    callback = _Callback(await _posted(request, reader), reader, desk.clock.now())
    signer = await _signer(desk, callback, connection)
    if signer is None:
        desk.metrics.callback(connection.provider, "refused")
        return _refusal(reader)
    events = await callback.beside(lambda: callback.events(signer))
    if events is None:
        desk.metrics.callback(connection.provider, "unreadable")
        raise Unreadable
    _count(desk.metrics, signer, await _news(desk, TakeIn(_origin(signer), events, callback.at)))
    return Response(reader.answer.body, reader.answer.ok, media_type=reader.answer.media_type)


async def _signer(desk: Desk, callback: "_Callback", connection: ConnectionConfig) -> ConnectionConfig | None:
    """The connection whose secrets the signature fits; None when it fits none."""
    if await callback.beside(lambda: callback.is_genuine(connection)):
        return connection
    # Its token may have been changed a moment ago, by another process.
    desk.connections.forget(connection.id)
    anew = await connection_in(desk, connection.id)
    if anew != connection and await callback.beside(lambda: callback.is_genuine(anew)):
        return anew
    return None


async def _news(desk: Desk, command: TakeIn) -> Sequence[Incoming]:
    if len(command.events) > _FEW:
        return await take_in(desk.begin, command.origin, command.events, now=command.received_at)
    taken = await desk.taking_in.submit(command)
    if isinstance(taken, Exception):
        raise taken
    return taken


async def _posted(request: Request, reader: CallbackReader) -> Posted:
    """The callback to the byte, and at the address that the provider was given: never by the Host header.

    Raises:
        CallbackTooLarge: it is larger than this provider's may be.
    """
    body = await request.body()
    if len(body) > reader.max_bytes:
        raise CallbackTooLarge(limit_bytes=reader.max_bytes)
    # The first field of a name counts, as it does for whoever signed it.
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(request.headers.raw)}
    return Posted(request.app.state.public_url + full_path(request), headers, body)


@dataclass(frozen=True, slots=True)
class _Callback:
    """What was posted, and who can read it."""

    posted: Posted
    reader: CallbackReader
    at: datetime

    async def beside(self, work: Callable[[], T]) -> T:
        """Small bodies here and now, large ones in a thread."""
        return work() if len(self.posted.body) <= _SMALL else await asyncio.to_thread(work)

    def is_genuine(self, connection: ConnectionConfig) -> bool:
        """Whether it was signed with the secrets of this connection."""
        try:
            return self.reader.verify(self.posted, connection, self.at)
        except Exception as bug:
            # The port forbids it; whoever posts must not be let in by it, nor told.
            log.exception("callback.verify_failed", provider=connection.provider, error=type(bug).__name__)
            return False

    def events(self, connection: ConnectionConfig) -> Sequence[ProviderEvent] | None:
        """What it says; None when it makes no sense."""
        try:
            return self.reader.parse(self.posted, connection)
        except (ValueError, RecursionError):
            return None


def _refusal(reader: CallbackReader) -> Response:
    """In the provider's own code: some give up at a 403 and some only then."""
    document = NotSigned().body() | {"status": reader.answer.refused}
    return Response(json.dumps(document), reader.answer.refused, media_type=MEDIA_TYPE)


def _origin(connection: ConnectionConfig) -> Origin:
    return Origin(connection.storefront_id, connection.mode, connection.id, connection.channel, connection.provider)


def _count(metrics: Metrics, connection: ConnectionConfig, news: Sequence[Incoming]) -> None:
    metrics.callback(connection.provider, "stored" if news else "repeated")
    for one in news:
        if one.event.status is not None:
            metrics.receipt(connection.channel, connection.provider, one.event.status)
