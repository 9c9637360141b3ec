"""Once per key: the effect of a POST and the answer to it are committed together.

`async with once(caller) as tx` opens the transaction and takes the key in it. A second request with the same key waits
on the key's unique index until the first one has committed (then it gets the first answer) or rolled back (then it
runs). Failures are rolled back, so they are not stored; there is no half-done state and nothing to expire after a
crash.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg
from pydantic import BaseModel
from sqlalchemy import DateTime, Index, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from starlette.requests import Request
from starlette.responses import Response

from tidings.kit.db import Base, Begin, Scope, Tx
from tidings.kit.problem import Fault, InvalidInput, Problem

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_RUNNING: Final = 0
# A row that was there for the INSERT and gone for the SELECT has just expired: the key is free again.
_TRIES: Final = 3


class IdempotencyKeyRow(Base):
    """A key that was used, what for, and what was answered."""

    __tablename__ = "idempotency_keys"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    # SHA-256 over method, path and body.
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    # The answer; null for a placed order, whose answer is given again from its first fact.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    order_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index(None, "created_at"),)


class KeyUsedOtherwise(Problem):
    """This Idempotency-Key was used for another request (method, path or body differ): use a new key."""

    status = 422
    slug = "idempotency-key-reused"
    title = "Idempotency-Key used for another request"


class KeyInUse(Problem):
    """The first request with this Idempotency-Key is still running: repeat it in a moment to get its answer."""

    status = 409
    slug = "idempotency-key-in-use"
    title = "First request still running"


class Replayed(Exception):
    """The key's first request has been answered; this is that answer again."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(response.status_code)


class ActsFor(Protocol):
    """Whoever calls: all that is needed of it is whose rows it may touch."""

    @property
    def scope(self) -> Scope:
        """The storefront and mode of the call."""
        ...


@dataclass(slots=True)
class _Answer:
    response: Response
    headers: Mapping[str, str]


class Once:
    """One POST: opens its transaction, and keeps its answer if the request carries a key."""

    def __init__(self, request: Request, begin: Begin, *, now: datetime, wait: timedelta) -> None:
        self._request = request
        self._begin = begin
        self._now = now
        self._wait = wait
        self._answer: _Answer | None = None

    def __call__(self, caller: ActsFor) -> AbstractAsyncContextManager[Tx]:
        """The transaction for this caller's POST; the block ends in `return once.answer(…)`.

        Raises:
            Replayed: the work was done before; carries the first answer.
            KeyUsedOtherwise: the key belongs to another request.
            KeyInUse: the first request has not ended within the wait.
            InvalidInput: the header is not a key.
        """
        return self._block(caller.scope)

    def answer(
        self, status: int, content: BaseModel | bytes | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The answer to the request, ready as bytes; committed with the effect when the block ends."""
        body = content.model_dump_json().encode() if isinstance(content, BaseModel) else content
        self._answer = _Answer(_response(status, body, headers or {}), headers or {})
        return self._answer.response

    @asynccontextmanager
    async def _block(self, scope: Scope) -> AsyncIterator[Tx]:
        key = key_of(self._request)
        if key is None:
            async with self._begin(scope) as tx:
                yield tx
            return
        mark = fingerprint(self._request.method, full_path(self._request), await self._request.body())
        async with self._begin(scope) as tx:
            await self._take(tx, key, mark)
            yield tx
            await self._keep(tx, key)

    async def _take(self, tx: Tx, key: str, mark: bytes) -> None:
        for _ in range(_TRIES):
            if await self._inserted(tx, key, mark):
                return
            stored = await tx.raw.fetchrow(_STORED, tx.scope.storefront_id, tx.scope.mode, key)
            if stored is not None:
                raise replay(dict(stored), mark)
        raise _in_use()

    async def _inserted(self, tx: Tx, key: str, mark: bytes) -> bool:
        wait = f"{max(1, round(self._wait.total_seconds() * 1000))}ms"
        try:
            taken = await tx.raw.fetchval(_TAKE, tx.scope.storefront_id, tx.scope.mode, key, mark, self._now, wait)
        except asyncpg.LockNotAvailableError as timeout:
            raise _in_use() from timeout
        return taken is not None

    async def _keep(self, tx: Tx, key: str) -> None:
        if self._answer is None:
            message = "a block of Once ends with once.answer(…)"
            raise RuntimeError(message)
        response, headers = self._answer.response, json.dumps(dict(self._answer.headers))
        await tx.raw.execute(
            _KEEP, tx.scope.storefront_id, tx.scope.mode, key, response.status_code, bytes(response.body), headers
        )


# The wait for another transaction's uncommitted key ends by lock_timeout; it is set by the row source itself, so that
# taking a key stays one round trip. It goes on holding for the rest of the transaction, which is what a POST wants.
_TAKE = f"""
INSERT INTO idempotency_keys (storefront_id, mode, key, fingerprint, status, created_at)
SELECT $1, $2, $3, $4, {_RUNNING}, $5 FROM set_config('lock_timeout', $6, true)
ON CONFLICT DO NOTHING RETURNING true
"""  # noqa: S608 - a constant of this module
_STORED = """
SELECT fingerprint, status, body, headers FROM idempotency_keys WHERE storefront_id = $1 AND mode = $2 AND key = $3
"""
_KEEP = """
UPDATE idempotency_keys SET status = $4, body = $5, headers = $6
WHERE storefront_id = $1 AND mode = $2 AND key = $3
"""
_EXPIRE = """
DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
"""


def key_of(request: Request) -> str | None:
    """The request's Idempotency-Key, or None when it has none.

    Raises:
        InvalidInput: it is not 1 to 255 visible ASCII characters.
    """
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidInput(faults=[Fault(f"/header/{HEADER}", "must be 1 to 255 visible ASCII characters")])
    return key


def full_path(request: Request) -> str:
    """The request's path as sent, with its query."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return (raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same one: method, path with query, and body to the byte."""
    return sha256(b"\n".join((method.encode(), path.encode(), body))).digest()


def replay(stored: Mapping[str, Any], mark: bytes) -> Replayed:
    """The stored answer to be given again.

    Raises:
        KeyUsedOtherwise: the stored answer is to another request.
    """
    if stored["fingerprint"] != mark:
        raise KeyUsedOtherwise
    headers: dict[str, str] = json.loads(stored["headers"] or "{}")
    return Replayed(_response(stored["status"], stored["body"], {**headers, REPLAYED: "true"}))


async def expire_keys(begin: Begin, now: datetime, *, keep: timedelta, batch: int = 5000) -> int:
    """Forget the keys that are older than `keep`, a batch to a transaction; says how many."""
    gone = 0
    while True:
        async with begin.across() as tx:
            tag = await tx.raw.execute(_EXPIRE, now - keep, batch)
        deleted = int(tag.split()[-1])
        gone += deleted
        if deleted < batch:
            return gone


def _in_use() -> KeyInUse:
    return KeyInUse(headers={"Retry-After": "1"})


def _response(status: int, body: bytes | None, headers: Mapping[str, str]) -> Response:
    return Response(body, status, dict(headers), media_type="application/json" if body else None)
