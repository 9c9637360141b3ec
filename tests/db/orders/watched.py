"""An order with a promise, and a worker that watches over it."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.orders import order_body, place
from tidings.kit.db import Begin, Scope, Tx
from tidings.kit.ids import wire
from tidings.orders.watch_promises import watch_promises

DESK = {"email": "desk@shop.test", "owner": "staff/anna", "delegate": "staff/ben", "delegate_email": "ben@shop.test"}


async def promised_order(mailroom: Mailroom, **changes: Any) -> UUID:
    """An order whose confirmation is owed within the hour."""
    placed = await place(
        mailroom.begin, mailroom.shop, mailroom.clock.now(), order_body(number=None, **changes), scope=mailroom.scope
    )
    return placed.order_id


async def look(mailroom: Mailroom, begin: Begin | None = None) -> dict[str, int]:
    """One look; what was told."""
    told: Counter[Any] = await watch_promises(begin or mailroom.begin, mailroom.clock.now())
    return {stage: count for stage, count in told.items() if count}


async def trace(mailroom: Mailroom, order_id: UUID) -> dict[str, list[Any]]:
    """All that staff was told of an order's promises."""
    deadlines = await mailroom.fetch("SELECT id FROM deadlines WHERE order_id = $1", order_id)
    ids = [wire("ddl", row["id"]) for row in deadlines]
    kinds = {
        "events": "SELECT kind FROM events WHERE order_id = $1 AND kind LIKE 'deadline.%' ORDER BY order_seq",
        "records": "SELECT kind FROM records WHERE order_id = $1 AND kind LIKE 'deadline.%' ORDER BY id",
        "messages": "SELECT milestone, recipient FROM messages WHERE order_id = $1 AND subject = ANY($2) ORDER BY id",
        "tasks": "SELECT kind, status, owner FROM tasks WHERE order_id = $1 AND dedupe_key LIKE 'promise%' ORDER BY id",
    }
    found = {}
    for name, sql in kinds.items():
        rows = await mailroom.fetch(sql, order_id, *([ids] if "$2" in sql else []))
        found[name] = [row[0] if len(row) == 1 else tuple(row) for row in rows]
    return found


class Killed(Exception):
    """The worker died."""


class DyingBegin(Begin):
    """A worker that dies in a transaction of its own: at its n-th statement, or right before the commit."""

    def __init__(self, begin: Begin, at: int) -> None:
        super().__init__(begin.engine)
        self._alive = begin
        self.left = at
        self.has_died = False

    @asynccontextmanager
    async def _dying(self, scope: Scope) -> AsyncIterator[Tx]:
        async with super().__call__(scope) as tx:
            tx.raw = Dying(tx.raw, self)  # type: ignore[assignment]
            yield tx
            await self.live_on()

    def __call__(self, scope: Scope) -> Any:
        return self._dying(scope)

    def statement(self) -> Any:
        """By whoever lives on, who closes what it keeps in hand."""
        return self._alive.statement()

    async def live_on(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.has_died = True
            raise Killed


class Dying:
    """Its connection."""

    def __init__(self, raw: Any, worker: DyingBegin) -> None:
        self._raw, self._worker = raw, worker

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._raw, name)
        if name not in {"fetch", "fetchrow", "fetchval", "execute"}:
            return method

        async def counted(*arguments: Any) -> Any:
            await self._worker.live_on()
            return await method(*arguments)

        return counted
