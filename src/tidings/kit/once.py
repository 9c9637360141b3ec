"""`async with once(caller) as tx: …; return once.answer(201, …)`: a POST whose answer is kept with its effect.

The first statement of the block takes the key. Whoever else has it uncommitted is waited for, on the unique index, as
long as the settings say.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import asyncpg
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from tidings.kit.db import Begin, Scope, Tx
from tidings.kit.idempotency import KeyInUse, fingerprint, full_path, key_of, replay, stored_response
from tidings.kit.vault import Vault, is_sealed

_RUNNING: Final = 0
# A row that was there for the INSERT and gone for the SELECT has just expired: the key is free again.
_TRIES: Final = 3

# The wait for another transaction's uncommitted key ends by lock_timeout; it is set by the row source itself, so that
# taking a key stays one round trip. It goes on holding for the rest of the transaction, which is what a POST wants.
_TAKE = f"""
INSERT INTO idempotency_keys (storefront_id, mode, key, fingerprint, status, created_at)
SELECT $1, $2, $3, $4, {_RUNNING}, $5 FROM set_config('lock_timeout', $6, true)
ON CONFLICT DO NOTHING RETURNING true
"""  # noqa: S608 - a constant of this module
_STORED = """
SELECT fingerprint, status, body, headers::text AS headers
FROM idempotency_keys WHERE storefront_id = $1 AND mode = $2 AND key = $3
"""
_KEEP = """
UPDATE idempotency_keys SET status = $4, body = $5, headers = $6
WHERE storefront_id = $1 AND mode = $2 AND key = $3
"""


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
    is_secret: bool


class Once:
    """One POST: opens its transaction, and keeps its answer if the request carries a key."""

    def __init__(self, request: Request, begin: Begin, vault: Vault, *, now: datetime, wait: timedelta) -> None:
        self._request = request
        self._begin = begin
        self._vault = vault
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
        self,
        status: int,
        content: BaseModel | bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        is_secret: bool = False,
    ) -> Response:
        """The answer to the request, ready as bytes; committed with the effect when the block ends.

        Args:
            status: its status.
            content: its body.
            headers: its own header fields, such as `Location`.
            is_secret: keep it sealed: it tells a secret that is not to lie about in clear.
        """
        body = content.model_dump_json().encode() if isinstance(content, BaseModel) else content
        self._answer = _Answer(stored_response(status, body, headers or {}), headers or {}, is_secret)
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
                raise replay(self._unsealed(stored), mark)
        raise _in_use()

    async def _inserted(self, tx: Tx, key: str, mark: bytes) -> bool:
        wait = f"{max(1, round(self._wait.total_seconds() * 1000))}ms"
        try:
            taken = await tx.raw.fetchval(_TAKE, tx.scope.storefront_id, tx.scope.mode, key, mark, self._now, wait)
        except asyncpg.LockNotAvailableError as timeout:
            raise _in_use() from timeout
        return taken is not None

    def _unsealed(self, stored: asyncpg.Record) -> dict[str, Any]:
        body = stored["body"]
        return {**stored, "body": self._vault.open(body) if body is not None and is_sealed(body) else body}

    async def _keep(self, tx: Tx, key: str) -> None:
        answer = self._answer
        if answer is None:
            message = "a block of Once ends with once.answer(…)"
            raise RuntimeError(message)
        body = bytes(answer.response.body)
        kept = self._vault.seal(body) if answer.is_secret else body
        status, headers = answer.response.status_code, json.dumps(dict(answer.headers))
        await tx.raw.execute(_KEEP, tx.scope.storefront_id, tx.scope.mode, key, status, kept, headers)


def _in_use() -> KeyInUse:
    return KeyInUse(headers={"Retry-After": "1"})
