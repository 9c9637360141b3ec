"""The first stage: claim what is due, as much of each route as its lines can soon carry, and a little ahead.

What was claimed goes to the waiting room of the second stage; while that is rendering and starting, this claims more.
A route is claimed from again when a whole set of its lines has come free: claims stay batches, and lines stay full.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from random import random
from uuid import UUID

import structlog

from tidings.delivery.claim import Claimed, Lease, claim
from tidings.delivery.departing import Departing
from tidings.delivery.options import DrainOptions
from tidings.delivery.send import Sending
from tidings.delivery.switchboard import Switchboard
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.events import heard
from tidings.kit.ids import wire
from tidings.kit.outage import is_database_away
from tidings.outbox.claim import Parked, Route, park_poison, route_with_suspect, routes_with_work
from tidings.tasks.open import Opening, open_tasks

log = structlog.get_logger(__name__)

# While the database is away.
_PAUSE_SECONDS = 0.5
# Of what a route's lines carry at once, so much more may wait for them; less is not claimed. Not more, because whatever
# is in the hands of a worker that dies comes under suspicion.
_AHEAD = 0.5
# What outlived its workers is claimed as soon as nothing else is in hand. If it has waited for so long (up to twice as
# long: not all workers at once), nothing else is claimed until then; and not soon again after that.
_SUSPECT_WAITS_SECONDS = 30.0


@dataclass(slots=True)
class Claiming:
    """What one worker claims."""

    begin: Begin
    switchboard: Switchboard
    departing: Departing
    sending: Sending
    clock: Clock
    options: DrainOptions
    token: UUID
    wake: asyncio.Event
    # Routes that had more than was claimed of them.
    _more: Collection[Route] = ()
    # Nothing at all could be claimed, because this worker's hands were full.
    _crowded: bool = False
    _sweep_at: float = field(default=0.0)
    # Until when, at the latest, nothing else is claimed, so that a suspect may be; and before when not again.
    _holds_until: float | None = None
    _holds_not_before: float = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Claim at every ring, at every place that comes free, and now and then, until told to stop."""
        while not stop.is_set():
            # Cleared before claiming: what is committed during a claim rings again and is not missed.
            self.wake.clear()
            try:
                if time.monotonic() >= self._sweep_at:
                    await self._sweep()
                while not stop.is_set() and self._holds_until is None and await self._turn():
                    pass
            except Exception as error:
                if not is_database_away(error):
                    raise
                log.warning("drain.database_away", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)
            # Without Redis there is no bell: the sweep finds the work.
            await heard(self.wake, self.options.sweep_seconds)

    def refill(self, route: Route) -> None:
        """A place has come free: claim more, if there is more and a batch of it fits."""
        if self._holds_until is not None and self._is_idle():
            self._again()
        if (self._crowded or route in self._more) and self._fits(route) and self._room() > 0:
            self.wake.set()

    async def _turn(self) -> bool:
        """Claim once; true if there is more than was claimed, and room for it."""
        async with self.begin.statement() as connection:
            routes = await routes_with_work(connection)
        await self.switchboard.refresh(routes)
        quotas = self._quotas(routes)
        self._more = set(routes) - quotas.keys()
        if not quotas:
            return False
        claimed = await self._claimed(quotas)
        counted = Counter(message.route for message in claimed)
        full = {route for route, quota in quotas.items() if counted[route] >= quota}
        self._more |= full
        return any(map(self._fits, full))

    def _quotas(self, routes: Collection[Route]) -> dict[Route, int]:
        """How much of each route may be claimed now: what fits, shared evenly between the routes that have room."""
        room = self._room()
        self._crowded = room <= 0
        fitting = [] if self._crowded else [route for route in routes if self._fits(route)]
        share = max(1, room // max(1, len(fitting)))
        return {route: min(share, self._open(route)) for route in fitting}

    def _room(self) -> int:
        """How much more this worker may hold: what is under way, and one claim that waits."""
        most = self.options.concurrency + self.options.claim_batch
        room = min(self.options.claim_batch, most - self.sending.in_flight - len(self.departing.room))
        # Not one by one.
        return room if room * 4 >= self.options.claim_batch else 0

    def _fits(self, route: Route) -> bool:
        return self._open(route) >= max(1, self._ahead(route))

    def _open(self, route: Route) -> int:
        """How many more of a route may be held."""
        # A route without a line only moves on along its plan, or waits: a claim at a time.
        carried = self._ahead(route) + self.switchboard.quota(route)
        most = carried if self.switchboard.lines(route) else self.options.claim_batch
        return most - self.departing.room.of(route)

    def _ahead(self, route: Route) -> int:
        """How many may wait; nobody waits for a line that has never answered."""
        return ceil(_AHEAD * self.switchboard.capacity(route))

    async def _claimed(self, quotas: dict[Route, int], *, lost: tuple[int, int] = (0, 1)) -> list[Claimed]:
        lease = Lease(self.options.owner, self.token, self.options.lease_seconds, quotas, lost)
        began = time.monotonic()
        async with self.begin.statement() as connection:
            claimed = await claim(connection, lease)
        self.departing.put(claimed, began)
        return claimed

    async def _sweep(self) -> None:
        """What is looked after now and then."""
        self._sweep_at = time.monotonic() + self.options.sweep_seconds
        await self.departing.give_back_late()
        # Lines may have come, or gone.
        self.departing.move()
        route, now = await self._suspected(), time.monotonic()
        if route is None:
            self._holds_until = None
        elif self._is_idle() or (self._holds_until is not None and now >= self._holds_until):
            await self._try_alone(route)
        elif self._holds_until is None and now >= self._holds_not_before:
            # What waits for a line goes to others; what is under way has ended when its providers' time is over.
            self._holds_until = now + self.sending.timeout_seconds
            await self.departing.give_back_all()

    def _is_idle(self) -> bool:
        return self.sending.in_flight + len(self.departing.room) == 0

    def _again(self) -> None:
        """Sweep once more, now."""
        self._sweep_at = 0
        self.wake.set()

    async def _suspected(self) -> Route | None:
        """Park what outlived its workers though it was claimed alone; the route of what is to be claimed alone."""
        waited = 0.0
        if self._holds_until is None and not self._is_idle():
            waited = _SUSPECT_WAITS_SECONDS * (1 + random())  # noqa: S311 - spreads workers
        async with self.begin.across() as tx:
            await open_tasks(tx, *[_parked(each, self.clock.now()) for each in await park_poison(tx)])
            return await route_with_suspect(tx, waited_seconds=waited)

    async def _try_alone(self, route: Route) -> None:
        """Claim what outlived its workers, with nothing beside it; the next one as soon as nothing else is in hand."""
        await self.switchboard.refresh([route])
        claimed = await self._claimed({route: 1}, lost=(2, 2))
        await self.departing.empty()
        await self.sending.finish(self.options.lease_seconds)
        if self._holds_until is not None and (not claimed or time.monotonic() >= self._holds_until):
            self._holds_until = None
            self._holds_not_before = time.monotonic() + _SUSPECT_WAITS_SECONDS
        if claimed:
            self._again()


def _parked(parked: Parked, now: datetime) -> Opening:
    message = wire("msg", parked.id)
    return Opening(
        storefront_id=parked.storefront_id,
        mode="live" if parked.mode == "live" else "test",
        order_id=parked.order_id,
        kind="message_parked",
        cause=message,
        opened_at=now,
        data={"message": message},
    )
