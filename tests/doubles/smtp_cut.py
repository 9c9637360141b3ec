"""An SMTP server that breaks one conversation off at one point, and is well behaved before and after."""

import asyncio
import socket
import ssl
import struct
from contextlib import suppress
from typing import Literal, Self, cast

# greeting … DATA: instead of this answer; text: in the middle of the mail; dot: after it, without taking it;
# taken: after taking it; half: in the middle of the last answer; reply: after all of it.
Point = Literal["greeting", "EHLO", "MAIL", "RCPT", "DATA", "text", "dot", "taken", "half", "reply"]

_MAIL_BYTES = 64 * 1024 * 1024
# So small that a large mail does not fit into what the network holds.
_WINDOW_BYTES = 32 * 1024
_RESET = struct.pack("ii", 1, 0)


class CutServer:
    """An async context manager: inside it the server listens on `host`, `port`."""

    host = "127.0.0.1"

    def __init__(
        self,
        point: Point,
        *,
        by: Literal["close", "reset", "stall"] = "close",
        mails_before: int = 0,
        pipelining: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """One that takes so many mails, and cuts the first conversation that comes to the point then.

        With `stall` it only stops reading, until `resume` is set.
        """
        self._point: Point | None = point
        self._by = by
        self._mails_before = mails_before
        self._offers = "250-cut.test\r\n" + ("250-PIPELINING\r\n" if pipelining else "") + "250 HELP"
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.StreamWriter] = set()
        self.resume = asyncio.Event()
        self.mails: list[bytes] = []
        self.connections = 0

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def point(self) -> Point | None:
        """Where the conversation will be cut."""
        return self._point

    async def __aenter__(self) -> Self:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW_BYTES)
        listening.bind((self.host, 0))
        self._server = await asyncio.start_server(self._converse, sock=listening, ssl=self._tls, limit=_MAIL_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._conversations:
            writer.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0.01)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._conversations.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._answer(writer, "greeting", "220 cut.test ESMTP")
            while line := await reader.readline():
                await self._react(line[:4].decode().upper(), reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        self._conversations.discard(writer)

    async def _react(self, verb: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match verb:
            case "EHLO":
                await self._answer(writer, verb, self._offers)
            case "DATA":
                await self._answer(writer, verb, "354 go on")
                await self._take(reader, writer)
            case "QUIT":
                await self._answer(writer, verb, "221 bye")
                raise ConnectionAbortedError
            case _:
                await self._answer(writer, verb, "250 2.0.0 OK")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_now("text"):
            await reader.readexactly(1000)
            if self._by != "stall":
                self._cut(writer)
            _half(writer).pause_reading()
            await self.resume.wait()
            _half(writer).resume_reading()
        text = await reader.readuntil(b"\r\n.\r\n")
        if self._is_now("dot"):
            self._cut(writer)
        is_cut = {point: self._is_now(point) for point in ("taken", "half", "reply")}
        self.mails.append(text)
        if is_cut["taken"]:
            self._cut(writer)
        writer.write(b"250 2.0" if is_cut["half"] else b"250 2.0.0 queued\r\n")
        await writer.drain()
        if is_cut["half"] or is_cut["reply"]:
            self._cut(writer)

    async def _answer(self, writer: asyncio.StreamWriter, point: str, answer: str) -> None:
        if self._is_now(point):
            self._cut(writer)
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()

    def _is_now(self, point: str) -> bool:
        return self._point == point and len(self.mails) >= self._mails_before

    def _cut(self, writer: asyncio.StreamWriter) -> None:
        self._point = None
        if self._by == "reset":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
        raise ConnectionAbortedError


def _half(writer: asyncio.StreamWriter) -> asyncio.ReadTransport:
    """The half of a connection that reads."""
    return cast("asyncio.ReadTransport", writer.transport)
