"""Connections to one SMTP server, kept and used again while they are well."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException

# Relays close connections that carried about this many mails; better to end them ourselves.
MAILS_PER_CONNECTION = 100
# A connection idle for longer is asked whether it lives before a mail is trusted to it.
_UNASKED_SECONDS = 5.0
# A connection that nobody has needed for this long is given up.
_SURPLUS_SECONDS = 60.0
_FAREWELL_SECONDS = 2.0


@dataclass(slots=True)
class Line:
    """One connection, and what it has carried."""

    client: SMTP
    mails: int = 0
    idle_since: float = 0.0
    # Set when the conversation ended in order; whatever leaves the block without it is not used again.
    in_order: bool = False


class Pool:
    """At most so many connections; the one used last goes first, so that surplus ones fall idle and are closed."""

    def __init__(self, connect: Callable[[], Awaitable[SMTP]], size: int) -> None:
        """Nothing is opened before the first mail."""
        self._connect = connect
        # To be held while a line is; waiting for it is no fault of the server's.
        self.free = asyncio.Semaphore(size)
        self._idle: list[Line] = []
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
            await self._put_back(line)

    async def close(self) -> None:
        """Say goodbye on all connections; those in use follow when their mail is through."""
        self._is_open = False
        idle, self._idle = self._idle, []
        for line in idle:
            await _farewell(line)

    async def _kept(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if await _is_well(line):
                return line
            line.client.close()
        return None

    async def _put_back(self, line: Line) -> None:
        line.mails += 1
        if not line.in_order or not line.client.is_connected:
            line.client.close()
        elif line.mails >= MAILS_PER_CONNECTION or not self._is_open:
            await _farewell(line)
        else:
            line.idle_since = asyncio.get_running_loop().time()
            self._idle.append(line)
            await self._drop_surplus(line.idle_since)

    async def _drop_surplus(self, now: float) -> None:
        # While goodbyes are said, others take lines and bring them back.
        while self._idle and now - self._idle[0].idle_since > _SURPLUS_SECONDS:
            await _farewell(self._idle.pop(0))


async def _is_well(line: Line) -> bool:
    if not line.client.is_connected:
        return False
    if asyncio.get_running_loop().time() - line.idle_since < _UNASKED_SECONDS:
        return True
    try:
        await line.client.noop(timeout=_FAREWELL_SECONDS)
    except (SMTPException, OSError):
        return False
    return True


async def _farewell(line: Line) -> None:
    with suppress(SMTPException, OSError):
        await line.client.quit(timeout=_FAREWELL_SECONDS)
    line.client.close()
