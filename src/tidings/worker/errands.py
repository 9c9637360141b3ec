"""Carries out errands: what must happen after a commit beside sending messages (docs/decisions/0014).

Some at once, each with a transaction of its own, none of them holding a connection while somebody else is talked to.
One that fails is put off, longer each time; one that fails again and again is parked, with a task, and so is one that
its workers die of.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.outbox.fetch import (
    MOST_LOST_LEASES,
    MOST_TRIES,
    ErrandInHand,
    Fetching,
    LeaseLost,
    fetch_errands,
    give_back_errand,
    park_errand,
    put_off_errand,
)
from tidings.outbox.kinds import ErrandKind
from tidings.tasks.open import Opening, open_tasks

# Ends the errand itself, in the transaction that writes what it came to (outbox/fetch.py).
Handler = Callable[[ErrandInHand], Awaitable[None]]

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Errands:
    """One worker's errands."""

    begin: Begin
    clock: Clock
    handlers: Mapping[ErrandKind, Handler]
    how: Fetching = field(default_factory=Fetching)
    _in_hand: Counter[UUID] = field(default_factory=Counter)

    async def run(self, wake: asyncio.Event) -> None:
        """Carry out what is due, until cancelled; what is under way then is given back."""
        self._in_hand.clear()
        async with asyncio.TaskGroup() as group:
            under_way: set[asyncio.Task[None]] = set()
            while True:
                wake.clear()
                fetched = await self._fetch(self.how.most - len(under_way))
                for errand in fetched:
                    task = group.create_task(self.carry_out(errand))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                    task.add_done_callback(lambda _: wake.set())
                if not fetched:
                    await _heard(wake)

    async def run_due(self) -> int:
        """Carry out what is due now, one after the other, and what follows from it; says how many there were."""
        count = 0
        while fetched := await self._fetch(self.how.most):
            for errand in fetched:
                await self.carry_out(errand)
            count += len(fetched)
        return count

    async def _fetch(self, free: int) -> list[ErrandInHand]:
        if free <= 0:
            return []
        how = Fetching(free, self.how.most_of_one_shop, self.how.lease)
        fetched = await fetch_errands(self.begin, self.clock.now(), how, in_hand=self._in_hand)
        self._in_hand.update(errand.scope.storefront_id for errand in fetched)
        return fetched

    async def carry_out(self, errand: ErrandInHand) -> None:
        """Carry out one that was fetched; whatever goes wrong with it, the others go on."""
        try:
            if errand.lost_leases >= MOST_LOST_LEASES:
                await self._park(errand)
            else:
                await self.handlers[errand.kind](errand)
                log.info("errand.done", kind=errand.kind, subject=errand.subject)
        except LeaseLost:
            log.warning("errand.lease_lost", kind=errand.kind, subject=errand.subject)
        except asyncio.CancelledError:
            # The worker stops, and has not died: this turn does not count.
            await asyncio.shield(self._give_back(errand))
            raise
        except Exception as error:
            log.exception("errand.failed", kind=errand.kind, subject=errand.subject, error=type(error).__name__)
            await self._later(errand)
        finally:
            self._in_hand -= Counter([errand.scope.storefront_id])

    async def _give_back(self, errand: ErrandInHand) -> None:
        """If it cannot be given back, its lease brings it back."""
        try:
            async with self.begin(errand.scope) as tx:
                await give_back_errand(tx, errand)
        except Exception as error:
            log.exception("errand.not_given_back", kind=errand.kind, error=type(error).__name__)

    async def _later(self, errand: ErrandInHand) -> None:
        """Put it off, or park it; if even that fails, its lease brings it back."""
        try:
            if errand.tries >= MOST_TRIES:
                await self._park(errand)
                return
            async with self.begin(errand.scope) as tx:
                await put_off_errand(tx, errand, self.clock.now() + pause_after(errand.tries))
        except Exception as error:
            log.exception("errand.not_put_off", kind=errand.kind, error=type(error).__name__)

    async def _park(self, errand: ErrandInHand) -> None:
        now = self.clock.now()
        async with self.begin(errand.scope) as tx:
            await park_errand(tx, errand, now)
            await open_tasks(tx, _opening(errand, now))
        log.error("errand.parked", kind=errand.kind, subject=errand.subject, tries=errand.tries)


def pause_after(tries: int) -> timedelta:
    """Twice as long each time, from a second to ten minutes."""
    return min(_LONGEST_PAUSE, timedelta(seconds=1 << min(tries - 1, 10)))


async def _heard(wake: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LOOK_EVERY_SECONDS):
            await wake.wait()
    except TimeoutError:
        return


def _opening(errand: ErrandInHand, now: datetime) -> Opening:
    return Opening(
        storefront_id=errand.scope.storefront_id,
        mode=errand.scope.mode,
        order_id=errand.order_id,
        kind="errand_parked",
        cause=f"{errand.kind}:{errand.subject}",
        opened_at=now,
        data={"errand": errand.kind, "about": errand.subject, "order": wire("ord", errand.order_id)},
    )
