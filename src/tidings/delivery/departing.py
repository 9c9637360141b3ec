"""The second stage: render what has a line, write its attempt down, and set out.

Batches come by themselves: what waits when the last one has left is the next. Some are made at once, so that one is
rendered while another is written down.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import structlog

from tidings.delivery.claim import Claimed
from tidings.delivery.guard import Guard
from tidings.delivery.options import DrainOptions
from tidings.delivery.ports import Content
from tidings.delivery.prepare import Ask, Busy, Plan, Preparing, Send, unattempted
from tidings.delivery.rules import Dead, Verdict
from tidings.delivery.send import Sending
from tidings.delivery.settlement import Settlement
from tidings.delivery.settling import Settling
from tidings.delivery.start import Departure, Pinned, start
from tidings.delivery.switchboard import Switchboard
from tidings.delivery.unworded import unworded
from tidings.delivery.waiting import Waiting, WaitingRoom
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.events import heard
from tidings.kit.ids import new_id, wire
from tidings.kit.outage import is_database_away
from tidings.kit.whereabouts import whereabouts
from tidings.outbox.claim import Route, give_back

log = structlog.get_logger(__name__)

_MOST_AT_ONCE = 64
# Rendering is our own CPU work: others on the loop get their turn after so many.
_RENDERED_AT_A_STRETCH = 8
# Places come free one by one, and are filled some at a time: so many, or what there is after so long.
_GATHERS = 32
_GATHERS_SECONDS = 0.01
# While the database is away.
_PAUSE_SECONDS = 0.5

Render = Callable[[Claimed, str | None], Awaitable[Pinned]]


def _nobody(_: Route) -> None:
    """Nobody waits for room yet."""


@dataclass(slots=True)
class Departing:
    """What one worker is about to send."""

    begin: Begin
    switchboard: Switchboard
    sending: Sending
    settling: Settling
    render: Render
    guard: Guard
    clock: Clock
    options: DrainOptions
    token: UUID
    # Told when a message of this route is out of hand without having been sent.
    on_free: Callable[[Route], None] = _nobody
    room: WaitingRoom = field(default_factory=WaitingRoom)
    _stopped: bool = False
    # Places that came free since messages were last taken.
    _freed: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, messages: Sequence[Claimed], claimed_at: float) -> None:
        """Messages that were claimed at this moment (monotonic, before the claim was asked for)."""
        if messages:
            # Whoever sets out later could lose the lease before the provider's time is over.
            lasts = max(self.options.lease_seconds / 10, self.options.lease_seconds - self.sending.timeout_seconds)
            self.room.put(messages, claimed_at + lasts)
            self._moved.set()
            if any(map(self.switchboard.has_room, {message.route for message in messages})):
                self._came.set()

    def move(self) -> None:
        """A line has a place free again."""
        if self.room:
            self._moved.set()
            self._freed += 1
            if self._freed >= _GATHERS:
                self._came.set()

    def stop(self) -> None:
        """Begin nothing any more."""
        self._stopped = True
        self._came.set()
        self._moved.set()

    async def run(self) -> None:
        """Set out with what waits, until stopped; what is being prepared at that moment is given back."""
        while not self._stopped:
            self._moved.clear()
            try:
                if sends := self._next():
                    await self._depart(sends)
                else:
                    await self._moved.wait()
            except Exception as error:
                if is_database_away(error):
                    log.warning("drain.database_away", error=type(error).__name__)
                else:
                    # What was in this batch comes back when its leases run out; what has left is not disturbed.
                    log.exception("departing.failed", error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)
            if self.room:
                # Whoever waits now waits for a place; who comes in the meantime may have one already.
                await heard(self._came, _GATHERS_SECONDS)

    async def empty(self) -> None:
        """Wait until nobody waits; what waited is being prepared, or has left."""
        while self.room:  # noqa: ASYNC110 - rare, and a line that frees up tells the batches, not us
            await asyncio.sleep(_GATHERS_SECONDS)

    async def give_back_late(self) -> None:
        """Give back whoever has waited so long that the lease is too old: their lines are stuck, or gone."""
        await self._give_back(self.room.late(time.monotonic()))

    async def give_back_all(self) -> None:
        """Give back everybody who waits."""
        await self._give_back(self.room.clear())

    def _can_go(self, route: Route) -> bool:
        if self.sending.in_flight >= self.options.concurrency:
            return False
        return self.switchboard.quota(route) > 0 or not self.switchboard.lines(route)

    def _next(self) -> list[tuple[Claimed, Send]]:
        """The next batch to be sent, each with its place on a line taken; what needs no sending goes elsewhere."""
        self._came.clear()
        self._freed = 0
        preparing = Preparing(self.switchboard, self.guard, self.clock.now())
        sends: list[tuple[Claimed, Send]] = []
        busy: list[Waiting] = []
        for waiting in self.room.take(self._can_go):
            claimed = waiting.claimed
            match self._planned(preparing, claimed):
                case Send() as plan:
                    self.sending.take_place(plan.line)
                    sends.append((claimed, plan))
                case Ask() as plan:
                    self.sending.ask(claimed, plan, partial(preparing.standing, claimed, plan.line))
                case Busy():
                    busy.append(waiting)
                case Settlement() as settlement:
                    self.settling.put(settlement)
                    self.on_free(claimed.route)
            if len(sends) == _MOST_AT_ONCE:
                break
        for waiting in busy:
            self.room.put([waiting.claimed], waiting.until)
        return sends

    def _planned(self, preparing: Preparing, claimed: Claimed) -> Plan:
        """What to do with it; one that cannot even be judged is given to a person, and holds up nobody."""
        try:
            return preparing.plan(claimed)
        except Exception as error:
            log.exception("message.unjudgeable", message=wire("msg", claimed.id), error=type(error).__name__)
            verdict = Verdict("failed", Dead(), f"cannot be judged: {whereabouts(error)}")
            return unattempted(claimed, verdict, self.clock.now())

    async def _depart(self, sends: Sequence[tuple[Claimed, Send]]) -> None:
        """Render, write the attempts down, and set out; the places of those that stay are given up."""
        staying = {id(plan): plan for _, plan in sends}
        try:
            departures = await self._rendered(sends)
            if self._stopped:
                return await self._give_back([departure.claimed for departure, _ in departures])
            held = await self._started([departure for departure, _ in departures])
            preparing = Preparing(self.switchboard, self.guard, self.clock.now())
            for departure, plan in departures:
                # Not held any more: superseded, cancelled, or claimed by another meanwhile.
                if departure.claimed.id in held:
                    del staying[id(plan)]
                    self.sending.send(departure, plan, partial(preparing.standing, departure.claimed, plan.line))
        finally:
            for plan in staying.values():
                self.sending.give_up_place(plan.line)

    async def _rendered(self, sends: Sequence[tuple[Claimed, Send]]) -> list[tuple[Departure, Send]]:
        departures = []
        for count, (message, plan) in enumerate(sends, 1):
            departure = await self._departure(message, plan)
            if departure is not None:
                departures.append((departure, plan))
            if count % _RENDERED_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return departures

    async def _departure(self, message: Claimed, plan: Send) -> Departure | None:
        content: Content | None = message.content
        pinned = None
        if content is None:
            try:
                pinned = await self.render(message, plan.banner)
            except Exception as error:
                if is_database_away(error):
                    raise
                # Whatever it is, it is this message's own: the others leave.
                self.settling.put(unworded(message, error, self.clock.now()))
                return None
            content = pinned.content
        return Departure(message, new_id(), plan.line.connection, content, pinned)

    async def _started(self, departures: Sequence[Departure]) -> set[UUID]:
        """Which of them may leave.

        Of a batch that the database refuses, only the item that is to blame stays: its lease runs out, again and again,
        until it is claimed alone and parked.
        """
        if not departures:
            return set()
        try:
            async with self.begin.statement() as connection:
                return await start(connection, departures, self.token, self.clock.now())
        except Exception as error:
            if is_database_away(error):
                raise
            log.exception("start.refused", error=type(error).__name__, count=len(departures))
        alone = departures if len(departures) > 1 else ()
        return {held for departure in alone for held in await self._started([departure])}

    async def _give_back(self, messages: Sequence[Claimed]) -> None:
        if messages:
            async with self.begin.statement() as connection:
                await give_back(connection, [each.id for each in messages], self.token)
