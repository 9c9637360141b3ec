"""Sample orders on their way, told as it happens and judged at their end."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer

from tidings.cli.dev.happenings import line, promise
from tidings.cli.dev.shop import Placed, Shop, StepFailed

# A message is looked at no more when it is in one of these.
ENDED = frozenset({"delivered", "failed", "superseded", "suppressed", "cancelled"})
LOOK_SECONDS = 0.2
# For one step: everything is local and the sandbox answers within a second, but the worker may still be starting.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Plot:
    """What a sample order goes through."""

    # The channel that its customer prefers.
    channel: str
    # What its customer must have been told at the end.
    told: tuple[str, ...]
    walk: Callable[["Story"], Awaitable[None]]
    # Said when all went well, after the order's number.
    ending: str
    # True where the shop keeps stock: what the order needs comes in beforehand.
    is_stocked: bool = False


@dataclass(slots=True)
class Story:
    """One sample order, told as it goes."""

    shop: Shop
    plot: Plot
    patience_seconds: float = PATIENCE_SECONDS
    seen: set[str] = field(default_factory=set)
    _order: Placed | None = None

    @property
    def order(self) -> Placed:
        """The order that it is about.

        Raises:
            StepFailed: it has not been placed.
        """
        if self._order is None:
            raise StepFailed("there is no order yet")
        return self._order

    async def tell(self) -> bool:
        """Take an order through all of its steps, and say whether every message arrived and every promise was kept."""
        try:
            if self.plot.is_stocked:
                await self.shop.stock_up()
            self._order = order = await self.shop.place(self.plot.channel)
            typer.echo(
                f"Sample order {order.number}, for a customer who prefers {self.plot.channel}; its timeline:\n"
                f"  {self.shop.base_url}/v1/orders/{order.id}/timeline"
            )
            await self.plot.walk(self)
            await self._print()
            faults = missing(await self.shop.messages(order), self.plot.told) + await self._broken()
        except StepFailed as failure:
            faults = [str(failure)]
            typer.echo(f"The sample order by {self.plot.channel} did not get through:", err=True)
        else:
            outcome = "did not reach all of its final receipts:" if faults else self.plot.ending
            typer.echo(f"Order {order.number} {outcome}", err=bool(faults))
        for fault in faults:
            typer.echo(f"  {fault}", err=True)
        return not faults

    async def reached(self, milestone: str, times: int = 1) -> None:
        """Wait until the customer has been told: a newer fact would supersede what still waits to be said."""

        async def is_told() -> bool:
            return has_ended(await self.shop.messages(self.order), milestone, times)

        await self._until(is_told)

    async def became(self, status: str) -> None:
        """Wait until the order stands so, by what the machine does.

        Raises:
            StepFailed: it does not.
        """

        async def stands_so(story: Story) -> bool:
            return bool((await story.shop.read(story.order))["status"] == status)

        await self.holds(stands_so, f"it did not become {status}")

    async def holds(self, condition: "Callable[[Story], Awaitable[bool]]", otherwise: str) -> None:
        """Wait until something holds.

        Raises:
            StepFailed: it does not.
        """
        if not await self._until(lambda: condition(self)):
            raise StepFailed(f"order {self.order.number}: {otherwise}")

    async def _broken(self) -> list[str]:
        """Print the promises that were kept, and say which were not."""
        deadlines = await self.shop.deadlines(self.order)
        for deadline in deadlines:
            if deadline["status"] == "met":
                typer.echo(promise(self.order.number, deadline))
        return broken(deadlines)

    async def _until(self, holds: Callable[[], Awaitable[bool]]) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience_seconds
        while loop.time() < deadline:
            await self._print()
            if await holds():
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    async def _print(self) -> None:
        for happening in await self.shop.timeline(self.order):
            text = json.dumps(happening, sort_keys=True)
            if text not in self.seen:
                self.seen.add(text)
                typer.echo(line(self.order.number, happening))


async def tell_all(stories: Sequence[Story], stop: asyncio.Event) -> bool:
    """Tell stories side by side, until all are at their end or there is no more time; True if everything arrived."""
    async with asyncio.TaskGroup() as group:
        telling = {group.create_task(story.tell()) for story in stories}
        stopping = group.create_task(stop.wait())
        pending: set[asyncio.Task[bool]] = telling
        while pending and not stop.is_set():
            await asyncio.wait({*pending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            pending = {task for task in pending if not task.done()}
        for task in (*pending, stopping):
            task.cancel()
    return all(not task.cancelled() and task.result() for task in telling)


def has_ended(messages: Sequence[Mapping[str, Any]], milestone: str, times: int = 1) -> bool:
    """Whether everything that is owed for a milestone (so many messages at least) has come to its end."""
    statuses = [message["status"] for message in messages if message["milestone"] == milestone]
    return len(statuses) >= times and all(status in ENDED for status in statuses)


def missing(messages: Sequence[Mapping[str, Any]], told: Sequence[str]) -> list[str]:
    """What did not arrive, in words; empty when every message has its final receipt."""
    owed = {message["milestone"] for message in messages}
    return [
        f"{message['milestone']} by {message['channel']} is {message['status']} ({message['id']})"
        for message in messages
        if message["status"] != "delivered"
    ] + [f"{milestone} was never owed" for milestone in told if milestone not in owed]


def broken(deadlines: Sequence[Mapping[str, Any]]) -> list[str]:
    """The promises that were not kept, in words; empty when all were."""
    if not deadlines:
        return ["nothing was promised"]
    return [
        f"the promise of {deadline['kind']} about {deadline['subject_id']} is {deadline['status']} ({deadline['id']})"
        for deadline in deadlines
        if deadline["status"] != "met"
    ]
