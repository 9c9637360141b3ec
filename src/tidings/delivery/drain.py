"""The drain: claim what is due, send it, settle it. Three stages at once, joined by what is in their hands.

No database connection is held while a provider is being talked to. Any number of drains may run; the lease keeps them
apart. Nothing is remembered here that the database does not know: a drain that is killed loses nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from tidings.delivery.claim import Claimed, Lease, claim
from tidings.delivery.guard import Guard
from tidings.delivery.ports import Content
from tidings.delivery.prepare import Ask, GiveBack, Preparing, Send, unattempted
from tidings.delivery.rules import Dead, Verdict
from tidings.delivery.send import Sending
from tidings.delivery.settling import Settling
from tidings.delivery.start import Departure, Pinned, start
from tidings.delivery.switchboard import Switchboard
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import new_id, wire
from tidings.kit.outage import is_database_away
from tidings.outbox.claim import Route, give_back, park_poison, route_with_suspect, routes_with_work
from tidings.tasks.open import Opening, open_tasks
from tidings.templates.errors import Unrenderable

log = structlog.get_logger(__name__)

# Rendering is our own CPU work: others on the loop get their turn after so many.
_RENDERED_AT_A_STRETCH = 8
# While the database is away.
_PAUSE_SECONDS = 0.5

Render = Callable[[Claimed, str | None], Awaitable[Pinned]]


@dataclass(frozen=True, slots=True)
class DrainOptions:
    """How much at once, and how patiently; see settings.WorkerSettings."""

    owner: str
    concurrency: int
    claim_batch: int
    lease_seconds: float
    sweep_seconds: float
    grace_seconds: float


@dataclass(frozen=True, slots=True)
class Drain:
    """One worker's drain."""

    begin: Begin
    switchboard: Switchboard
    sending: Sending
    settling: Settling
    render: Render
    guard: Guard
    clock: Clock
    options: DrainOptions

    async def run(self, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Drain until told to stop; then finish what has left, within the grace period, and give back the rest."""
        token = new_id()
        self.sending.on_free = wake.set
        async with asyncio.TaskGroup() as group:
            settler = group.create_task(self.settling.run())
            stopping = group.create_task(_relay(stop, wake))
            while not stop.is_set():
                # Cleared before claiming: what is committed during a claim rings again and is not missed.
                wake.clear()
                await self._claim_until_empty(group, token, stop)
                await _rung(wake, self.options.sweep_seconds)
            await self.sending.finish(self.options.grace_seconds)
            await self.settling.finish()
            settler.cancel()
            stopping.cancel()
        await self.switchboard.close()

    async def _claim_until_empty(self, group: asyncio.TaskGroup, token: UUID, stop: asyncio.Event) -> None:
        try:
            if self.sending.in_flight == 0:
                await self._suspects(group, token)
            while not stop.is_set() and await self.turn(group, token):
                pass
        except Exception as error:
            if not is_database_away(error):
                raise
            log.warning("drain.database_away", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def turn(self, group: asyncio.TaskGroup, token: UUID) -> int:
        """Claim once and set out with what was claimed; returns how many."""
        async with self.begin.statement() as connection:
            routes = await routes_with_work(connection)
        await self.switchboard.refresh(routes)
        quotas = self._quotas(routes)
        if not quotas:
            return 0
        lease = Lease(self.options.owner, token, self.options.lease_seconds, quotas)
        async with self.begin.statement() as connection:
            claimed = await claim(connection, lease)
        await self._set_out(group, claimed, token)
        return len(claimed)

    def _quotas(self, routes: Sequence[Route]) -> dict[Route, int]:
        """How much of each route may be claimed now: what its lines can carry, shared evenly between the routes."""
        room = min(self.options.claim_batch, self.options.concurrency - self.sending.in_flight)
        share = max(1, room // max(1, len(routes)))
        quotas = {}
        for route in routes:
            # A route without a line is claimed a little at a time, to move on along its plan or to wait.
            fits = self.switchboard.quota(route) if self.switchboard.lines(route) else share
            if room > 0 and fits > 0:
                quotas[route] = min(share, fits)
        return quotas

    async def _suspects(self, group: asyncio.TaskGroup, token: UUID) -> None:
        """Take what outlived its workers: parked if it was claimed alone before, else now, with nothing beside it."""
        async with self.begin.across() as tx:
            for parked in await park_poison(tx):
                message = wire("msg", parked.id)
                opening = Opening(
                    storefront_id=parked.storefront_id,
                    mode="live" if parked.mode == "live" else "test",
                    order_id=parked.order_id,
                    kind="message_parked",
                    cause=message,
                    opened_at=self.clock.now(),
                    data={"message": message},
                )
                await open_tasks(tx, opening)
            route = await route_with_suspect(tx)
        if route is None:
            return
        await self.switchboard.refresh([route])
        lease = Lease(self.options.owner, token, self.options.lease_seconds, {route: 1}, lost=(2, 2))
        async with self.begin.statement() as connection:
            claimed = await claim(connection, lease)
        await self._set_out(group, claimed, token)
        await self.sending.finish(self.options.lease_seconds)

    async def _set_out(self, group: asyncio.TaskGroup, claimed: Sequence[Claimed], token: UUID) -> None:
        preparing = Preparing(self.switchboard, self.guard, self.clock.now())
        sends: list[tuple[Claimed, Send]] = []
        busy: list[tuple[UUID, UUID]] = []
        for message in claimed:
            plan = preparing.plan(message)
            if isinstance(plan, Send):
                plan.line.in_flight += 1
                sends.append((message, plan))
            elif isinstance(plan, Ask):
                self.sending.ask(group, message, plan.line, preparing.standing(message, plan.line))
            elif isinstance(plan, GiveBack):
                busy.append((message.storefront_id, message.id))
            else:
                self.settling.put(plan)
        await self._return(busy, token)
        await self._depart(group, sends)

    async def _return(self, busy: list[tuple[UUID, UUID]], token: UUID) -> None:
        if busy:
            async with self.begin.statement() as connection:
                await give_back(connection, busy, token)

    async def _depart(self, group: asyncio.TaskGroup, sends: Sequence[tuple[Claimed, Send]]) -> None:
        """Render, write the attempts down, and set out; every line's place is taken already, and given back if not."""
        staying = {id(plan): plan for _, plan in sends}
        try:
            departures = await self._departures(sends)
            held = await self._started([departure for departure, _ in departures])
            preparing = Preparing(self.switchboard, self.guard, self.clock.now())
            for departure, plan in departures:
                # Not held any more: superseded, cancelled, or claimed by another meanwhile.
                if departure.claimed.id in held:
                    standing = preparing.standing(departure.claimed, plan.line)
                    self.sending.send(group, departure, plan, standing)
                    del staying[id(plan)]
        finally:
            for plan in staying.values():
                plan.line.in_flight -= 1

    async def _departures(self, sends: Sequence[tuple[Claimed, Send]]) -> list[tuple[Departure, Send]]:
        departures = []
        for count, (message, plan) in enumerate(sends, 1):
            departure = await self._departure(message, plan)
            if departure is not None:
                departures.append((departure, plan))
            if count % _RENDERED_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return departures

    async def _started(self, departures: Sequence[Departure]) -> set[UUID]:
        if not departures:
            return set()
        async with self.begin.statement() as connection:
            return await start(connection, departures)

    async def _departure(self, message: Claimed, plan: Send) -> Departure | None:
        content: Content | None = message.content
        pinned = None
        if content is None:
            try:
                pinned = await self.render(message, plan.banner)
            except Unrenderable as error:
                # Told by a task and a record; the stack would say nothing more.
                log.warning("message.unrenderable", message=wire("msg", message.id), milestone=message.milestone)
                verdict = Verdict("failed", Dead(), f"cannot be rendered: {error.reason}")
                self.settling.put(unattempted(message, verdict, self.clock.now(), task="message_unrenderable"))
                return None
            content = pinned.content
        return Departure(message, new_id(), plan.line.connection, content, pinned, self.clock.now())


async def _relay(stop: asyncio.Event, wake: asyncio.Event) -> None:
    await stop.wait()
    wake.set()


async def _rung(wake: asyncio.Event, seconds: float) -> None:
    """Wait for the bell, at most this long: without Redis the sweep does."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
