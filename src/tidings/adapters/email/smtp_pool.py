"""Connections to one SMTP server, kept and used again while they are well."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tidings.adapters.email.smtp_session import Session

# Relays close connections that carried about this many mails; better to end them ourselves.
MAILS_PER_CONNECTION = 100
# A connection idle for longer is asked whether it lives before a mail is trusted to it.
_UNASKED_SECONDS = 5.0
# A connection that nobody has needed for this long is given up: at the relay it costs a process.
_SURPLUS_SECONDS = 60.0
_FAREWELL_SECONDS = 2.0


@dataclass(slots=True)
class Line:
    """One connection, and what it has carried."""

    session: Session
    mails: int = 0
    idle_since: float = 0.0
    # Set when the conversation ended in order; whatever leaves the block without it is not used again.
    in_order: bool = False


class Pool:
    """At most so many connections; the one used last goes first, so that surplus ones fall idle and are closed."""

    def __init__(self, connect: Callable[[], Awaitable[Session]], size: int) -> None:
        """Nothing is opened before the first mail."""
        self._connect = connect
        # To be held while a line is; waiting for it is no fault of the server's.
        self.free = asyncio.Semaphore(size)
        # In the order in which they fell idle.
        self._idle: list[Line] = []
        self._tidying: asyncio.TimerHandle | None = None
        self._is_open = True

    @asynccontextmanager
    async def line(self, *, fresh: bool = False) -> AsyncIterator[Line]:
        """A connection for one mail.

        Args:
            fresh: True to open one in any case, because a kept one has just turned out dead.

        Raises:
            SMTPException, OSError: it cannot be opened.
        """
        kept = None if fresh else await self._kept()
        line = kept or Line(await self._connect())
        line.in_order = False
        try:
            yield line
        finally:
            self._put_back(line)

    async def close(self) -> None:
        """Say goodbye on all connections; those in use follow when their mail is through."""
        self._is_open = False
        if self._tidying is not None:
            self._tidying.cancel()
        idle, self._idle = self._idle, []
        for line in idle:
            line.session.leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                for line in idle:
                    await line.session.ended()

    async def _kept(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if await _is_well(line):
                return line
            line.session.abort()
        return None

    def _put_back(self, line: Line) -> None:
        line.mails += 1
        if not line.in_order:
            # Closing would still send what has been written, after it was said that it is not sent.
            line.session.abort()
        elif line.mails >= MAILS_PER_CONNECTION or not self._is_open:
            line.session.leave()
        else:
            line.idle_since = asyncio.get_running_loop().time()
            self._idle.append(line)
            self._tidying = self._tidying or self._at_next_surplus()

    def _tidy(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._idle and now - self._idle[0].idle_since >= _SURPLUS_SECONDS:
            self._idle.pop(0).session.leave()
        self._tidying = self._at_next_surplus() if self._idle else None

    def _at_next_surplus(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_at(self._idle[0].idle_since + _SURPLUS_SECONDS, self._tidy)


async def _is_well(line: Line) -> bool:
    if not line.session.is_ready:
        return False
    idle_seconds = asyncio.get_running_loop().time() - line.idle_since
    return idle_seconds < _UNASKED_SECONDS or await line.session.agrees(b"NOOP")
