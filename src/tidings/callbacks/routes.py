"""What providers post: verified over the raw bytes, committed, and only then answered."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar, cast
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response

from tidings.callbacks.errors import CallbackTooLarge, NotSigned, Unreadable
from tidings.callbacks.incoming import Incoming, Origin
from tidings.callbacks.ports import CallbackReader, Posted, ProviderEvent
from tidings.callbacks.take_in import take_in
from tidings.delivery.ports import ConnectionConfig
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.declared import problems
from tidings.kit.idempotency import full_path
from tidings.kit.ids import parse
from tidings.kit.metrics import Metrics
from tidings.kit.problem import MEDIA_TYPE, NotFound, Unavailable
from tidings.kit.vault import VaultClosed
from tidings.storefronts.channels import is_connection

T = TypeVar("T")

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])

# Larger bodies are verified and read beside the event loop.
_SMALL: Final = 32_768


class Readers(Protocol):
    """Knows how each provider talks back; adapters/registry.py is one."""

    def reader(self, channel: str, name: str) -> CallbackReader | None:
        """How this provider's callbacks are read; None when it never calls back."""
        ...


class Desk(Protocol):
    """What callbacks need of the running application: `app.state.runtime` fulfils it."""

    begin: Begin
    clock: Clock
    metrics: Metrics

    @property
    def registry(self) -> Readers:
        """The providers."""
        ...

    async def connection(self, connection_id: UUID) -> ConnectionConfig | None:
        """One connection, decrypted; None when it is gone or its secrets cannot be opened."""
        ...


@router.post(
    "/{connection_id}",
    status_code=200,
    response_class=Response,
    responses=problems(NotSigned, Unreadable, NotFound, CallbackTooLarge, Unavailable, VaultClosed),
    summary="What a provider says",
)
async def take_callback(connection_id: str, request: Request) -> Response:
    """Status, bounce, complaint, reply or opt-out: verified by the provider's own signature, no API key.

    Answered only after everything is committed. An event that was told before changes nothing; one about a message
    that is not known (yet) is kept, and matched later.
    """
    desk = cast("Desk", request.app.state.runtime)
    connection = await _connection(desk, parse("con", connection_id))
    reader = desk.registry.reader(connection.channel, connection.provider)
    if reader is None:
        raise NotFound
    posted = await _posted(request, reader)
    now = desk.clock.now()
    if not await _beside(posted, lambda: _is_genuine(reader, posted, connection, now)):
        desk.metrics.callback(connection.provider, "refused")
        return _refusal(reader)
    events = await _beside(posted, lambda: _events(reader, posted, connection))
    if events is None:
        desk.metrics.callback(connection.provider, "unreadable")
        raise Unreadable
    news = await take_in(desk.begin, _origin(connection), events, now=now)
    _count(desk.metrics, connection, news)
    return Response(reader.answer.body, reader.answer.ok, media_type=reader.answer.media_type)


async def _connection(desk: Desk, connection_id: UUID | None) -> ConnectionConfig:
    """The connection that the callback came in by.

    Raises:
        NotFound: there is none.
        VaultClosed: its secrets cannot be opened: our trouble, so the provider shall come again.
    """
    if connection_id is None:
        raise NotFound
    connection = await desk.connection(connection_id)
    if connection is not None:
        return connection
    async with desk.begin.reading(None) as tx:
        if await is_connection(tx, connection_id):
            raise VaultClosed
    raise NotFound


async def _posted(request: Request, reader: CallbackReader) -> Posted:
    """The callback to the byte, and at the address that the provider was given: never by the Host header.

    Raises:
        CallbackTooLarge: it is larger than this provider's may be.
    """
    body = await request.body()
    if len(body) > reader.max_bytes:
        raise CallbackTooLarge(limit_bytes=reader.max_bytes)
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        # The first one counts, as it does for whoever signed it.
        headers.setdefault(name.lower(), value)
    return Posted(request.app.state.public_url.rstrip("/") + full_path(request), headers, body)


async def _beside(posted: Posted, work: Callable[[], T]) -> T:
    """Small bodies here and now, large ones in a thread."""
    return work() if len(posted.body) <= _SMALL else await asyncio.to_thread(work)


def _is_genuine(reader: CallbackReader, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:
    try:
        return reader.verify(posted, connection, now)
    except Exception as bug:
        # The port forbids it; whoever posts must not be let in by it, nor told.
        log.exception("callback.verify_failed", provider=connection.provider, error=type(bug).__name__)
        return False


def _events(reader: CallbackReader, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent] | None:
    try:
        return reader.parse(posted, connection)
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
