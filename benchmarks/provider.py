"""Twilio's Messages interface, as cheap to the machine as Python allows: `python -m benchmarks.provider`.

The first part of the path says how it behaves: `instant`, `slow` (20 ms + an exponential 20 ms), `even` (40 ms) or
`hang`.
`GET /tally` answers what came to each, `GET /arrivals/<behaviour>` when what came for whom, `POST /reset` forgets it.
Prints the port that it listens on.
"""

import asyncio
import gc
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any, Final, cast

import uvloop
from typing_extensions import override

_END: Final = b"\r\n\r\n"
_SLOW_SECONDS: Final = 0.02
_EVEN_SECONDS: Final = 0.04
# Of all arrivals, the middle: without the ways up and down.
_MIDDLE: Final = (0.1, 0.9)


@dataclass(slots=True)
class Came:
    """What came to one behaviour."""

    to: list[bytes] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    waited: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """How many, from when to when, how long they waited, and their rate in the middle of the crowd."""
        if not self.at:
            return {"count": 0}
        low, high = (int(share * (len(self.at) - 1)) for share in _MIDDLE)
        took = self.at[high] - self.at[low]
        return {
            "count": len(self.at),
            "first": self.at[0],
            "last": self.at[-1],
            "mean_wait": self.waited / len(self.at),
            "middle_rate": (high - low) / took if took else 0.0,
        }


class Desk:
    """Everything that came."""

    def __init__(self) -> None:
        self.came: dict[str, Came] = {}
        self._dice = random.Random(7)  # noqa: S311 - how long a provider takes is no secret
        self._taken = 0

    def take(self, behaviour: str, to: bytes) -> tuple[bytes, float | None]:
        """A message: the answer, and how long it takes; None for ever."""
        came = self.came.get(behaviour) or self.came.setdefault(behaviour, Came())
        came.at.append(time.monotonic())
        came.to.append(to)
        wait = self._wait(behaviour)
        came.waited += wait or 0.0
        self._taken += 1
        return _answer(b'{"sid": "SM%032x", "status": "queued"}' % self._taken, b"201 Created"), wait

    def ask(self, path: str) -> bytes:
        """Whoever runs the benchmark asks."""
        _, what, *more = path.split("/")
        if what == "reset":
            self.came.clear()
            return _answer(b"{}")
        if what == "arrivals":
            came = self.came.get(more[0], Came())
            return _answer(json.dumps([[to.decode(), at] for to, at in zip(came.to, came.at, strict=True)]).encode())
        return _answer(json.dumps({name: came.as_json() for name, came in self.came.items()}).encode())

    def _wait(self, behaviour: str) -> float | None:
        match behaviour:
            case "slow":
                return _SLOW_SECONDS + self._dice.expovariate(1 / _SLOW_SECONDS)
            case "even":
                return _EVEN_SECONDS
            case "hang":
                return None
        return 0.0


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._received = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        """Bytes of a request: usually all of them."""
        data = self._received + data if self._received else data
        end = data.find(_END)
        if end < 0:
            self._received = data
            return
        head = data[:end].lower()
        at = head.find(b"content-length: ")
        length = int(head[at + 16 : head.find(b"\r", at) if head.find(b"\r", at) > 0 else end]) if at > 0 else 0
        if len(data) < end + len(_END) + length:
            self._received = data
            return
        self._received = b""
        path = head[: head.find(b" http/")].split(b" ")[1]
        if head.startswith(b"post") and path != b"/reset":
            self._taken(path.split(b"/")[1].decode(), data[end + len(_END) :])
        else:
            self._transport.write(self._desk.ask(path.decode()))

    def _taken(self, behaviour: str, body: bytes) -> None:
        at = body.find(b"To=%2B") + len(b"To=%2B")
        answer, wait = self._desk.take(behaviour, body[at : body.find(b"&", at)])
        if wait == 0:
            self._transport.write(answer)
        elif wait is not None:
            asyncio.get_running_loop().call_later(wait, self._late, answer)

    def _late(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body))
    return head + body


async def main() -> None:
    """Listen until killed."""
    desk = Desk()
    server = await asyncio.get_running_loop().create_server(lambda: Conversation(desk), "127.0.0.1", 0, backlog=4096)
    gc.collect()
    gc.freeze()
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
