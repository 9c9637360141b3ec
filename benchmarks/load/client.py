"""One HTTP/1.1 connection, one request at a time; of an answer only its status and its end are looked for."""

import asyncio
from collections.abc import Callable
from typing import Final, cast

from typing_extensions import override

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "
_STATUS: Final = slice(9, 12)


class Broken(Exception):
    """The server closed a connection, or answered what cannot be read."""


class Client(asyncio.Protocol):
    """Tells its owner of each answer: with itself and the status."""

    __slots__ = ("_answered", "_broken", "_received", "_transport", "began", "serial")

    def __init__(self, answered: Callable[["Client", int], None], broken: Callable[[Exception], None]) -> None:
        self._answered = answered
        self._broken = broken
        self._received = b""
        # When the request under way was meant to leave, and its number.
        self.began = 0.0
        self.serial = 0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to send."""
        self._transport = cast("asyncio.Transport", transport)

    def send(self, serial: int, request: bytes, began: float) -> None:
        """Send; the answer is told to the owner."""
        self.serial, self.began = serial, began
        self._transport.write(request)

    def close(self) -> None:
        """No more."""
        self._broken = _expected
        self._transport.close()

    @override
    def data_received(self, data: bytes) -> None:
        """Bytes of an answer: usually all of them."""
        if self._received:
            data = self._received + data
        end = data.find(_END)
        at = data.find(_LENGTH, 0, end)
        if end < 0:
            self._received = data
            return
        if at < 0:
            self._broken(Broken("an answer without content-length"))
            return
        length = int(data[at + len(_LENGTH) : data.find(b"\r", at)])
        if len(data) < end + len(_END) + length:
            self._received = data
            return
        self._received = b""
        self._answered(self, int(data[_STATUS]))

    @override
    def connection_lost(self, error: Exception | None) -> None:
        """The server has closed it."""
        self._broken(error or Broken("the server closed a connection"))


def _expected(_: Exception) -> None:
    """Closed by ourselves."""
