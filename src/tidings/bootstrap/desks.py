"""Where requests that come one by one queue to be carried out together."""

from collections.abc import Sequence

from tidings.callbacks.take_in import TakeIn, Taken, take_in_many
from tidings.kit.batching import Batcher
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.problem import Problem
from tidings.orders.place import Placed, place_orders
from tidings.orders.placing import Placing


def order_desk(begin: Begin, clock: Clock) -> Batcher[Placing, Placed | Problem]:
    """Where single orders queue to be placed together."""

    async def work(placings: Sequence[Placing]) -> Sequence[Placed | Problem]:
        return await place_orders(placings, begin=begin, now=clock.now())

    return Batcher(work)


def callback_desk(begin: Begin, clock: Clock) -> Batcher[TakeIn, Taken]:
    """Where single callbacks queue to be taken in together."""

    async def work(commands: Sequence[TakeIn]) -> Sequence[Taken]:
        return await take_in_many(commands, begin=begin, now=clock.now())

    return Batcher(work)
