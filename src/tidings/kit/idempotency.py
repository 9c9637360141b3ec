"""Once per key: the effect of a POST and the answer to it are committed together.

`async with once(caller) as tx` opens the transaction and takes the key in it. A second request with the same key waits
on the key's unique index until the first one has committed (then it gets the first answer) or rolled back (then it
runs). Failures are rolled back, so they are not stored; there is no half-done state and nothing to expire after a
crash.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from starlette.requests import Request
from starlette.responses import Response

from tidings.kit.db import Base, Begin
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

    __table_args__ = (
        Index(None, "created_at"),
        # Answers that say something of somebody; those of placed orders are not kept here.
        Index("ix_idempotency_keys_told", "storefront_id", "mode", postgresql_where=text("body IS NOT NULL")),
    )


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
    """The stored answer to be given again; its `headers` are JSON text.

    Raises:
        KeyUsedOtherwise: the stored answer is to another request.
    """
    if stored["fingerprint"] != mark:
        raise KeyUsedOtherwise
    headers: dict[str, str] = json.loads(stored["headers"] or "{}")
    return Replayed(stored_response(stored["status"], stored["body"], {**headers, REPLAYED: "true"}))


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


def stored_response(status: int, body: bytes | None, headers: Mapping[str, str]) -> Response:
    """An answer as it goes out, the first time and every other."""
    return Response(body, status, dict(headers), media_type="application/json" if body else None)
