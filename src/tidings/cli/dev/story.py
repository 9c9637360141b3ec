"""Sample orders on their way from receipt to delivery, and their timelines as they happen."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import typer

from tidings.cli.dev.shop import Placed, Shop, StepFailed

# A message is looked at no more when it is in one of these.
ENDED = frozenset({"delivered", "failed", "superseded", "suppressed", "cancelled"})
TOLD = ("order_confirmation", "order_dispatched", "order_delivered")
LOOK_SECONDS = 0.2
# For one step: everything is local and the sandbox answers within a second, but the worker may still be starting.
PATIENCE_SECONDS = 60.0
# Of use to programs only.
_UNTOLD = frozenset({"order_seq", "message", "attempt", "next"})


@dataclass(slots=True)
class Story:
    """One sample order, told as it goes."""

    shop: Shop
    channel: str
    patience_seconds: float = PATIENCE_SECONDS
    seen: set[str] = field(default_factory=set)

    async def tell(self) -> bool:
        """Take an order through all of its steps, and say whether every message of it arrived."""
        try:
            order = await self.shop.place(self.channel)
            typer.echo(
                f"Sample order {order.number}, for a customer who prefers {self.channel}; its timeline:\n"
                f"  {self.shop.base_url}/v1/orders/{order.id}/timeline"
            )
            await self._go_all_the_way(order)
            faults = missing(await self.shop.messages(order))
        except StepFailed as failure:
            faults = [str(failure)]
            typer.echo(f"The sample order by {self.channel} did not get through:", err=True)
        else:
            outcome = "did not reach all of its final receipts:" if faults else "has arrived, and so have its messages."
            typer.echo(f"Order {order.number} {outcome}", err=bool(faults))
        for fault in faults:
            typer.echo(f"  {fault}", err=True)
        return not faults

    async def _go_all_the_way(self, order: Placed) -> None:
        await self._reached(order, "order_confirmation")
        await self.shop.check(order)
        shipment = await self.shop.ship(order)
        await self._reached(order, "order_dispatched")
        await self.shop.deliver(shipment)
        await self._reached(order, "order_delivered")
        await self._print(order)

    async def _reached(self, order: Placed, milestone: str) -> None:
        """Wait until the customer has been told: a newer fact would supersede what still waits to be said."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience_seconds
        while loop.time() < deadline:
            await self._print(order)
            if has_ended(await self.shop.messages(order), milestone):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _print(self, order: Placed) -> None:
        for happening in await self.shop.timeline(order):
            text = json.dumps(happening, sort_keys=True)
            if text not in self.seen:
                self.seen.add(text)
                typer.echo(line(order.number, happening))


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


def has_ended(messages: Sequence[Mapping[str, Any]], milestone: str) -> bool:
    """Whether everything that is owed for a milestone has come to its end."""
    statuses = [message["status"] for message in messages if message["milestone"] == milestone]
    return bool(statuses) and all(status in ENDED for status in statuses)


def missing(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """What did not arrive, in words; empty when every message has its final receipt."""
    owed = {message["milestone"] for message in messages}
    return [
        f"{message['milestone']} by {message['channel']} is {message['status']} ({message['id']})"
        for message in messages
        if message["status"] != "delivered"
    ] + [f"{milestone} was never owed" for milestone in TOLD if milestone not in owed]


def line(number: str, happening: Mapping[str, Any]) -> str:
    """One happening as it is printed."""
    at = datetime.fromisoformat(happening["at"]).astimezone()
    told = f"  {number}  {at:%H:%M:%S}.{at.microsecond // 1000:03d}  {happening['kind']:<20} {particulars(happening)}"
    return told.rstrip()


def particulars(happening: Mapping[str, Any]) -> str:
    """What else there is to say of it, in a few words; the whole of it is at the timeline's URL."""
    data = dict(happening["data"])
    owed = [message["milestone"] for message in data.pop("messages", [])]
    if owed:
        data["owes"] = ",".join(owed)
    words = [f"{name}={value}" for name, value in data.items() if isinstance(value, str | int) and name not in _UNTOLD]
    return " ".join([happening["actor"], *words])
