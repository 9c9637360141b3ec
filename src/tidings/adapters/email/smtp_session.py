"""An SMTP session from EHLO on: commands go out alone or in a group (RFC 2920), replies come in their order.

aiosmtplib opens the connection: TCP, TLS, EHLO, login. It pairs each command with one reply and drops what comes before
it is asked for, which of a group's replies keeps the first only; so what follows has a protocol of its own.
"""

import asyncio
import re
from collections import deque
from contextlib import suppress
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPServerDisconnected
from typing_extensions import override

# The code of what is no reply at all, as aiosmtplib has it.
_GARBLED = -1
_CLOSING = 421
_REPLY_BYTES = 32 * 1024
# What connections take without making anybody wait.
_AT_ONCE_BYTES = 64 * 1024
# For questions between mails: a server that takes longer for them is not worth keeping.
_PATIENCE_SECONDS = 2.0

_REPLY_LINE = re.compile(r"([2-5]\d\d)(-?)(.*)", re.DOTALL)
_DOT = b".\r\n"
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class Session(asyncio.Protocol):
    """One session. It ends when the connection does, after a 421, and after anything that is not SMTP."""

    def __init__(self, client: SMTP) -> None:
        """Takes the connection of a client that has said EHLO over.

        Raises:
            SMTPServerDisconnected: it is lost already.
        """
        if not client.is_connected:
            raise SMTPServerDisconnected("connection lost")
        self._extensions = frozenset(client.esmtp_extensions)
        self._transport = cast("asyncio.Transport", client.transport)
        self._unread = b""
        # The lines of a reply that is not complete.
        self._begun: list[str] = []
        self._replies: deque[SMTPResponse] = deque()
        self._news = asyncio.Event()
        self._is_sending = False
        # Why nothing more will come.
        self._end: str | None = None
        self._transport.set_protocol(self)
        # So that we are told when the last byte has gone to the network. Not 0, at which TLS says it never has.
        self._transport.set_write_buffer_limits(high=1, low=0)

    @property
    def is_ready(self) -> bool:
        """Whether the next command can be sent: connected, and nothing unsent, unread or half heard."""
        is_quiet = not (self._replies or self._begun or self._unread or self._is_sending)
        return is_quiet and self._end is None and not self._transport.is_closing()

    def offers(self, extension: str) -> bool:
        """Whether the server has announced an extension; in small letters."""
        return extension in self._extensions

    async def ask(self, *commands: bytes) -> list[SMTPResponse]:
        """Sends commands in one piece; their replies, fewer if the session ends after some of them.

        Raises:
            SMTPServerDisconnected: there is no reply.
            ValueError: a command would be more than one.
        """
        if any(_CONTROL.search(command) for command in commands):
            raise ValueError("a command holds a control character")
        self._send(b"".join(command + b"\r\n" for command in commands))
        replies = [await self.reply()]
        with suppress(SMTPServerDisconnected):
            while len(replies) < len(commands):
                replies.append(await self.reply())
        return replies

    async def agrees(self, command: bytes) -> bool:
        """Whether the server says yes to a command between mails (NOOP, RSET), and soon."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                (reply,) = await self.ask(command)
        except (SMTPException, TimeoutError):
            return False
        return reply.code // 100 == 2  # noqa: PLR2004 - the class of success

    async def send_text(self, mail: bytes) -> None:
        """Sends a mail's text and the dot that ends it; returns when all of it is gone, or it is answered already.

        Raises:
            SMTPServerDisconnected: the connection broke before; the dot has certainly not left.
        """
        text = _stuffed(mail)
        # TLS does not tell how much of one write is still waiting, but holds a second one back until the first is gone.
        self._send(*((text, _DOT) if len(text) > _AT_ONCE_BYTES else (text + _DOT,)))
        while self._is_sending and not self._replies:
            await self._something_new()

    async def reply(self) -> SMTPResponse:
        """The next reply.

        Raises:
            SMTPServerDisconnected: there will be none.
        """
        while not self._replies:
            await self._something_new()
        return self._replies.popleft()

    def leave(self) -> None:
        """Say goodbye without waiting for an answer, which can only be goodbye."""
        if self.is_ready:
            self._transport.write(b"QUIT\r\n")
        self._transport.close()

    def abort(self) -> None:
        """Break off: what has not left will not."""
        self._transport.abort()

    async def ended(self) -> None:
        """Wait until the connection is closed."""
        with suppress(SMTPServerDisconnected):
            while True:
                await self._something_new()

    def _send(self, *parts: bytes) -> None:
        if not self.is_ready:
            # What was said out of turn would be taken for the reply to what we say now.
            raise SMTPServerDisconnected(self._end or "the server spoke out of turn")
        for part in parts:
            self._transport.write(part)
            if self._transport.is_closing():
                # The network has taken nothing of it.
                raise SMTPServerDisconnected("connection lost")

    async def _something_new(self) -> None:
        if self._end is not None:
            raise SMTPServerDisconnected(self._end)
        self._news.clear()
        await self._news.wait()

    @override
    def data_received(self, data: bytes) -> None:
        """Lines make replies."""
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._hear(line.decode("utf-8", "surrogateescape"))
        if len(self._unread) + sum(map(len, self._begun)) > _REPLY_BYTES:
            self._hear("")

    def _hear(self, line: str) -> None:
        if self._end is not None:
            return
        found = _REPLY_LINE.fullmatch(line)
        code, text = (_GARBLED, line) if found is None else (int(found[1]), found[3])
        self._begun.append(text.strip())
        if found is not None and found[2]:
            return
        self._replies.append(SMTPResponse(code, "\n".join(self._begun)))
        self._begun.clear()
        self._news.set()
        if code in {_GARBLED, _CLOSING}:
            self._over("the server closed the session")

    @override
    def eof_received(self) -> None:
        """Nothing is sent to one who will not answer."""
        self._over("the server hung up")

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """The end, if it has not been before."""
        self._over(str(exc or "connection lost"))

    def _over(self, why: str) -> None:
        self._end = self._end or why
        self._transport.abort()
        self._news.set()

    @override
    def pause_writing(self) -> None:
        """Something has not left yet."""
        self._is_sending = True

    @override
    def resume_writing(self) -> None:
        """All has left."""
        self._is_sending = False
        self._news.set()


def _stuffed(mail: bytes) -> bytes:
    """A mail's lines as they travel (RFC 5321, 4.5.2): all end in CR LF, and a dot at the head is doubled."""
    lines = [b"." + line if line.startswith(b".") else line for line in mail.splitlines()]
    return b"\r\n".join(lines) + b"\r\n"
