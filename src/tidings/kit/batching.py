"""Natural batches: what is asked for while one batch is under way is the next one. No timer.

Alone, an item goes at once; under load, many share one commit. Lanes are batches under way at the same time: while
Postgres works on one, Python prepares another, but only once it is worth a round trip of its own.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final, Generic, TypeVar

from tidings.kit.problem import Problem

I = TypeVar("I")  # noqa: E741 - what goes in
O = TypeVar("O")  # noqa: E741 - what comes out

Work = Callable[[Sequence[I]], Awaitable[Sequence[O]]]

_MOST_AT_ONCE: Final = 64
_MOST_WAITING: Final = 2_000
_LANES: Final = 2
# A second batch does not set out beside a first for less: each costs both sides as much as ten more items in one.
_WORTH_A_LANE: Final = 16


class Overloaded(Problem):
    """More is asked of this process than it can store in good time; nothing was stored, try again in a moment."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "overloaded"
    title: ClassVar[str] = "Overloaded"


class Batcher(Generic[I, O]):
    """Gathers items for a work that takes many."""

    def __init__(self, work: Work[I, O], *, most: int = _MOST_AT_ONCE, waiting: int = _MOST_WAITING) -> None:
        """Gather for `work`, which answers one outcome for each item, in their order.

        Args:
            work: does a batch; if it raises, everybody in the batch is told so.
            most: items in one batch.
            waiting: items that may wait; further ones are refused rather than kept waiting for long.
        """
        self._work = work
        self._most = most
        self._waiting = waiting
        self._queue: deque[tuple[I, asyncio.Future[O]]] = deque()
        self._wanted = asyncio.Event()
        self._under_way = 0

    async def submit(self, item: I) -> O:
        """Have an item done with the next batch. Whoever stops waiting for it harms nobody else's.

        Raises:
            Overloaded: too many wait already.
        """
        if len(self._queue) >= self._waiting:
            raise Overloaded(headers={"Retry-After": "1"})
        future: asyncio.Future[O] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        self._call()
        return await future

    def _call(self) -> None:
        """Call a lane, if what waits should set out now."""
        if len(self._queue) >= (min(_WORTH_A_LANE, self._most) if self._under_way else 1):
            self._wanted.set()

    async def run(self) -> None:
        """Do batches until cancelled; one lane. Run it as often as there are to be lanes."""
        while True:
            await self._wanted.wait()
            # No await between this look at the queue and the clearing of the event: an item submitted in such a gap
            # would wait for ever.
            batch = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
            self._wanted.clear()
            if batch:
                self._under_way += 1
                self._call()
                try:
                    await self._do(batch)
                finally:
                    self._under_way -= 1
                self._call()

    async def run_lanes(self, lanes: int = _LANES) -> None:
        """Do batches in several lanes until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(lanes):
                group.create_task(self.run())

    async def _do(self, batch: Sequence[tuple[I, asyncio.Future[O]]]) -> None:
        try:
            outcomes = await self._work([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is told to everybody who waits for it
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                # Done already: whoever waited has gone away.
                if not future.done():
                    future.set_result(outcome)
