"""A local HTTP server that a provider's double is made of: it behaves, or misbehaves as it is told."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.doubles.turns import Script, Turn

_ENDLESS = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a double answers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, status: int, content: Any, headers: Mapping[str, str] | None = None) -> Self:
        return cls(status, json.dumps(content).encode(), {"content-type": "application/json", **(headers or {})})


class HttpDouble(ABC):
    """An async context manager: inside it the server listens on 127.0.0.1, at `base_url`."""

    def __init__(self, tls: SSLContext | None = None) -> None:
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()
        self._turns = Script()
        # Every request in its order, also those that were refused.
        self.requests: list[Request] = []
        self.connections = 0

    @abstractmethod
    async def respond(self, request: Request) -> Reply:
        """What the provider would do and answer."""

    def is_scripted(self, request: Request) -> bool:
        """Whether forced turns are meant for requests like this one."""
        return True

    def script(self, *turns: Turn, times: int = 1) -> None:
        """Force what happens to the next requests."""
        self._turns.add(*turns, times=times)

    def always(self, turn: Turn | None) -> None:
        """Force what happens to all further requests; None: behave again."""
        self._turns.always = turn

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def base_url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._conversations:
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        await self._server.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._conversations.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; False when the connection has ended."""
        request = await _read(reader)
        self.requests.append(request)
        turn = self._turns.next() if self.is_scripted(request) else None
        if turn is None:
            return await _write(writer, await self.respond(request))
        await asyncio.sleep(turn.delay)
        if turn.until is not None:
            await turn.until.wait()
        reply = await self.respond(request) if turn.takes else Reply(200)
        if turn.status is not None:
            reply = Reply(turn.status, turn.body, turn.headers)
        return await _ended(turn, writer, reply)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.strip().split("\r\n")
    method, target, _ = line.split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


def _bytes(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} Whatever", f"content-length: {len(reply.body)}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + reply.body


async def _write(writer: asyncio.StreamWriter, reply: Reply) -> bool:
    writer.write(_bytes(reply))
    await writer.drain()
    return True


async def _ended(turn: Turn, writer: asyncio.StreamWriter, reply: Reply) -> bool:
    match turn.end:
        case "answer":
            return await _write(writer, reply)
        case "hang":
            await asyncio.sleep(3600)
        case "reset":
            writer.transport.abort()
        case "break_off":
            # The announced length is never reached.
            writer.write(_bytes(Reply(reply.status, reply.body + b"x" * 100, reply.headers))[:-100])
            await writer.drain()
        case "garble":
            writer.write(b"\x15\x03\x03 this is no HTTP\r\n\r\n")
            await writer.drain()
        case "flood":
            await _flood(writer)
        case "close":
            pass
    return False


async def _flood(writer: asyncio.StreamWriter) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {_ENDLESS}\r\n\r\n".encode())
    for _ in range(_ENDLESS // 65_536):
        writer.write(b"x" * 65_536)
        await writer.drain()
