"""The drain: claim what is due, send it, settle it. Stages at once, joined by what waits between them.

claiming.py claims a little ahead of what the lines can carry; departing.py renders, writes the attempts down and sets
out; send.py waits for the providers; settling.py writes the answers down. None waits for another but for room.

No database connection is held while a provider is being talked to. Any number of drains may run; the lease keeps them
apart. Nothing is remembered here that the database does not know: a drain that is killed loses nothing.
"""

import asyncio
from dataclasses import dataclass, replace

import structlog

from tidings.delivery.claim import Claimed
from tidings.delivery.claiming import Claiming
from tidings.delivery.departing import Departing, Render
from tidings.delivery.guard import Guard
from tidings.delivery.options import DrainOptions
from tidings.delivery.send import Sending
from tidings.delivery.settling import Settling
from tidings.delivery.start import Pinned
from tidings.delivery.switchboard import Switchboard
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import new_id, wire
from tidings.kit.outage import is_database_away
from tidings.outbox.claim import Route

log = structlog.get_logger(__name__)

# One batch is rendered while another is written down, and one is ready for whoever comes in between.
_BATCHES_AT_ONCE = 3


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
        claiming, departing = self._stages(wake)
        async with asyncio.TaskGroup() as group:
            self.sending.group = group
            settler = group.create_task(self.settling.run())
            stopping = group.create_task(_relay(stop, wake))
            batches = [group.create_task(departing.run()) for _ in range(_BATCHES_AT_ONCE)]
            fault = await _ended(claiming, stop)
            departing.stop()
            await asyncio.wait(batches)
            await self._give_back(departing)
            await self.sending.finish(self.options.grace_seconds)
            self.sending.abandon()
            await self.settling.finish()
            settler.cancel()
            stopping.cancel()
        await self.switchboard.close()
        if fault is not None:
            raise fault

    def _stages(self, wake: asyncio.Event) -> tuple[Claiming, Departing]:
        token = new_id()
        departing = Departing(
            begin=self.begin,
            switchboard=self.switchboard,
            sending=self.sending,
            settling=self.settling,
            render=self.render,
            guard=self.guard,
            clock=self.clock,
            options=self.options,
            token=token,
        )
        claiming = Claiming(
            begin=self.begin,
            switchboard=self.switchboard,
            departing=departing,
            sending=self.sending,
            clock=self.clock,
            options=self.options,
            token=token,
            wake=wake,
        )

        def freed(route: Route) -> None:
            departing.move()
            claiming.refill(route)

        self.sending.on_free = departing.on_free = freed
        self.settling.on_due = wake.set
        self.settling.script = self._script
        return claiming, departing

    async def _script(self, claimed: Claimed) -> Pinned | None:
        """The message as it is read out."""
        try:
            return await self.render(replace(claimed, channel="voice", content=None), None)
        except Exception as error:  # noqa: BLE001 - that somebody calls matters more than the words they are given
            log.warning("script.unrenderable", message=wire("msg", claimed.id), error=type(error).__name__)
            return None

    async def _give_back(self, departing: Departing) -> None:
        """What was claimed and has not left may leave by others, at once."""
        try:
            await departing.give_back_all()
        except Exception as error:
            if not is_database_away(error):
                raise
            # The leases run out.
            log.warning("drain.database_away", error=type(error).__name__)


async def _ended(claiming: Claiming, stop: asyncio.Event) -> Exception | None:
    """Claims until told to stop, or until a bug: what has left already is finished all the same."""
    try:
        await claiming.run(stop)
    except Exception as error:
        log.exception("claiming.failed", error=type(error).__name__)
        return error
    return None


async def _relay(stop: asyncio.Event, wake: asyncio.Event) -> None:
    await stop.wait()
    wake.set()
