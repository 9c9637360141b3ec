"""The sandbox as a provider: its settings, its sender, its callbacks, its verifier, its refunder."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated

import asyncpg
from pydantic import Field

from tidings.adapters.provider import Provider, ProviderSecrets, ProviderSettings, Tools
from tidings.adapters.sandbox.callbacks import STORE_TROUBLE
from tidings.adapters.sandbox.fates import CHANNELS, Pace
from tidings.adapters.sandbox.refunder import SandboxRefunder
from tidings.adapters.sandbox.take import Arrival, take, taken
from tidings.adapters.sandbox.verifier import CHANNELS as VERIFIED_CHANNELS
from tidings.adapters.sandbox.verifier import SandboxVerifier
from tidings.adapters.sandbox.wire import SandboxReader
from tidings.delivery.ports import ConnectionConfig, Found, Outcome, Outgoing, Permanent, Uncertain
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.scope import Scope
from tidings.kit.shape import Shape

# Transactions of one connection at once: the pool is there for the worker's own work first.
_AT_ONCE = 2
_SECRET_BYTES = 32


def new_signing_secret() -> str:
    """A fresh secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


class SandboxSettings(ProviderSettings):
    """How quickly the sandbox plays."""

    beat_seconds: float = Field(0.25, ge=0, le=60, description="From one callback to the next")
    slow_seconds: float = Field(10, ge=0, le=3600, description="How long a `slow@` recipient takes to be reached")
    patience_seconds: float = Field(30, gt=0, le=86_400, description="No last receipt by then: the message is overdue")


class SandboxSecrets(ProviderSecrets):
    """What callbacks are signed with."""

    signing_secret: Annotated[
        str, Shape(r"^whsec_[A-Za-z0-9+/]{32,88}={0,2}$", "is not whsec_ followed by 24 to 64 bytes in base64")
    ] = Field(description="`whsec_` and 24 to 64 random bytes in base64")


class SandboxSender:
    """Puts messages into the inbox; a crash between send and answer never doubles one, because it can be asked."""

    can_be_asked = True

    def __init__(self, connection: ConnectionConfig, settings: SandboxSettings, begin: Begin, clock: Clock) -> None:
        self.patience: timedelta | None = timedelta(seconds=settings.patience_seconds)
        self._connection = connection
        self._begin = begin
        self._clock = clock
        self._pace = Pace(timedelta(seconds=settings.beat_seconds), timedelta(seconds=settings.slow_seconds))
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Lay it into the inbox, once per attempt, or refuse it as its recipient demands."""
        try:
            async with self._transaction() as tx:
                return await take(tx, Arrival(outgoing, self._connection), now=self._clock.now(), pace=self._pace)
        except asyncpg.DataError:
            return Permanent("The message has letters that cannot be stored", code="not_storable")
        except STORE_TROUBLE:
            return Uncertain("The sandbox's own store did not answer")

    async def find(self, outgoing: Outgoing) -> Found:
        """Whether this attempt lies in the inbox."""
        try:
            async with self._transaction() as tx:
                return await taken(tx, Arrival(outgoing, self._connection))
        except STORE_TROUBLE:
            return Uncertain("The sandbox's own store did not answer")

    async def close(self) -> None:
        """Nothing is held open."""

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Tx]:
        scope = Scope(self._connection.storefront_id, self._connection.mode)
        async with self._gate, self._begin(scope) as tx:
            yield tx


def open_sandbox(connection: ConnectionConfig, tools: Tools) -> SandboxSender:
    """A sender into the inbox.

    Raises:
        LookupError: the tools hold no database, which is where the inbox lies.
    """
    if tools.begin is None:
        message = "the sandbox needs the database"
        raise LookupError(message)
    settings = SandboxSettings.model_validate(connection.settings)
    return SandboxSender(connection, settings, tools.begin, tools.clock)


def open_sandbox_verifier(connection: ConnectionConfig, tools: Tools) -> SandboxVerifier:
    """A verifier whose slow answers still come in time."""
    settings = SandboxSettings.model_validate(connection.settings)
    return SandboxVerifier(min(timedelta(seconds=settings.slow_seconds), tools.timeout))


def open_sandbox_refunder(connection: ConnectionConfig, tools: Tools) -> SandboxRefunder:
    """A refunder; it needs neither settings nor tools."""
    del connection, tools
    return SandboxRefunder()


SANDBOX = Provider(
    name="sandbox",
    channels=(*CHANNELS, *VERIFIED_CHANNELS),
    settings=SandboxSettings,
    secrets=SandboxSecrets,
    open=open_sandbox,
    open_verifier=open_sandbox_verifier,
    open_refunder=open_sandbox_refunder,
    reader=SandboxReader(),
    own_secrets={"signing_secret": new_signing_secret},
)
