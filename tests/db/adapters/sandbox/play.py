"""What the sandbox's tests are made of: a connection, messages through it, and somebody who receives callbacks."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tidings.adapters.sandbox.wire import SandboxReader
from tidings.callbacks.ports import Posted, ProviderEvent
from tidings.delivery.ports import ConnectionConfig, Content, Outgoing
from tidings.kit.ids import new_id, wire
from tidings.kit.scope import Scope

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def connection(scope: Scope, channel: str = "email", **settings: object) -> ConnectionConfig:
    """A sandbox connection, as adapters are given it."""
    return ConnectionConfig(
        id=new_id(),
        storefront_id=scope.storefront_id,
        mode=scope.mode,
        name=f"sandbox-{channel}",
        channel=channel,
        provider="sandbox",
        settings=settings,
        secrets={"signing_secret": SECRET},
        version=1,
    )


def outgoing(clock: Any, to: str, **changes: Any) -> Outgoing:
    """A message to somebody; another attempt each time."""
    values: dict[str, Any] = {
        "attempt_id": wire("att", new_id()),
        "message_id": wire("msg", new_id()),
        "order_id": wire("ord", new_id()),
        "channel": "email" if "@" in to else "sms",
        "to": to,
        "content": Content(text="We have received your order.", subject="Thank you", html="<p>Thanks</p>"),
        "locale": "en",
        "callback_url": "http://127.0.0.1:9/v1/callbacks/con_1",
        "valid_until": clock.now() + timedelta(hours=1),
    }
    return Outgoing(**values | changes)


# Parsing needs no connection; the port has it for those that do.
ANY = connection(Scope(new_id(), "test"))


@dataclass
class Receiver:
    """A server that takes callbacks, answers as it is told to, and remembers them."""

    answers: list[str] = field(default_factory=list)
    posts: list[Posted] = field(default_factory=list)
    url: str = ""
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def events(self) -> list[ProviderEvent]:
        """What was said, in the order in which it came."""
        return [event for post in self.posts for event in SandboxReader().parse(post, ANY)]

    def words(self) -> list[str]:
        """The sandbox's own words for it."""
        return [event.provider_status for event in self.events()]

    async def heard(self, count: int) -> None:
        """Wait until so many events have come."""
        while len(self.words()) < count:
            self.came.clear()
            await self.came.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and close: each has its own connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = _headers(head)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.posts.append(Posted(url=head.split()[1], headers=headers, body=body))
        self.came.set()
        answer = self.answers.pop(0) if self.answers else "204 No Content"
        if answer != "hang up":
            writer.write(f"HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


def _headers(head: str) -> Mapping[str, str]:
    lines = [line.partition(":") for line in head.split("\r\n")[1:] if line]
    return {name.lower(): value.strip() for name, _, value in lines}


@asynccontextmanager
async def receiving(*answers: str) -> AsyncIterator[Receiver]:
    """A receiver on a port of its own; `answers` are for the first requests, the others get 204."""
    receiver = Receiver(list(answers))
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"http://127.0.0.1:{port}/v1/callbacks/con_1"
    async with server:
        yield receiver
