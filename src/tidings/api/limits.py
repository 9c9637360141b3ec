"""How much one caller may send: bytes to a body, requests to a minute."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.types import Message, Receive

from tidings.api.errors import BodyTooLarge, MalformedBody
from tidings.storefronts.errors import TooManyRequests

Header = tuple[bytes, bytes]

BATCH_PATH: Final = "/v1/orders/batch"
_WINDOW_SECONDS: Final = 60
# No length that has more is worth reading as a number.
_DIGITS: Final = 18


async def whole_body(receive: Receive, declared: bytes | None, limit: int) -> bytes:
    """The request's body, read to its end.

    Args:
        receive: the ASGI channel it comes by.
        declared: its `Content-Length`, if any.
        limit: how many bytes are taken.

    Raises:
        BodyTooLarge: it is larger, by what was declared or by what came.
        MalformedBody: its length is not a number, or the caller went away in the middle.
    """
    if declared is not None and not declared.isdigit():
        raise MalformedBody("Content-Length is not a number.")
    if declared is not None and (len(declared) > _DIGITS or int(declared) > limit):
        raise BodyTooLarge(limit_bytes=limit)
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedBody("The body broke off.")
        chunk: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit_bytes=limit)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def given_again(body: bytes, receive: Receive) -> Receive:
    """A channel that gives a body that has been read, and then what comes after it."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


@dataclass(slots=True)
class RateLimit:
    """A bucket for each key of this process: `per_minute` deep, filled again within a minute."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[UUID, _Bucket] = field(default_factory=dict)

    def take(self, key_id: UUID) -> list[Header]:
        """Count one request of this key; answers what the caller is told of its limit.

        Raises:
            TooManyRequests: nothing is left.
        """
        now = self.clock()
        bucket = self._buckets.get(key_id)
        if bucket is None:
            bucket = self._buckets[key_id] = _Bucket(self.per_minute, now)
        rate = self.per_minute / _WINDOW_SECONDS
        bucket.level = min(self.per_minute, bucket.level + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.level < 1:
            wait = math.ceil((1 - bucket.level) / rate)
            told = {name.decode(): value.decode() for name, value in self._told(0, wait)}
            raise TooManyRequests(headers={"Retry-After": str(wait), **told})
        bucket.level -= 1
        return self._told(int(bucket.level), math.ceil((self.per_minute - bucket.level) / rate))

    def _told(self, left: int, seconds: int) -> list[Header]:
        # draft-ietf-httpapi-ratelimit-headers: what is left, and the seconds until the quota is whole again.
        return [
            (b"ratelimit-policy", b'"key";q=%d;w=%d' % (self.per_minute, _WINDOW_SECONDS)),
            (b"ratelimit", b'"key";r=%d;t=%d' % (left, seconds)),
        ]
