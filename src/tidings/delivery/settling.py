"""The settling stage: answers are written down many at a time, however they come in."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import structlog

from tidings.delivery.affected import MessageKey, lock_messages
from tidings.delivery.claim import Claimed
from tidings.delivery.receive import reconsider
from tidings.delivery.rules import Again, is_due_at_once
from tidings.delivery.settle import settle
from tidings.delivery.settlement import Settlement, needs_script
from tidings.delivery.start import Pinned
from tidings.delivery.suppress import Address, Suppressing, canonical, hashed, suppress
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire
from tidings.kit.outage import is_database_away, is_of_the_moment
from tidings.storefronts.halt import Halting, halt_connections
from tidings.tasks.open import Opening, open_tasks

log = structlog.get_logger(__name__)

_MOST_AT_ONCE = 1000
# An answer waits so long for others: a statement costs the same for one as for thirty.
_GATHERS_SECONDS = 0.008
_PAUSE_SECONDS = 0.5
# A batch that others are in the way of is written so often before it is taken apart.
_TRIES = 4


def _nobody() -> None:
    """Whatever is due is found by looking."""


# Puts into words what a person is to read out; None when it cannot be.
Script = Callable[[Claimed], Awaitable[Pinned | None]]


async def _no_script(_: Claimed) -> Pinned | None:
    """Nobody renders."""
    return None


@dataclass(slots=True)
class Settling:
    """What waits to be written down."""

    begin: Begin
    clock: Clock
    # Told when a connection must not be used for a while.
    on_halt: Callable[[UUID], None]
    # Told when something is due again at once: on another connection, or by another channel.
    on_due: Callable[[], None] = _nobody
    # For what a person is asked to say instead of a machine.
    script: Script = _no_script
    _queue: asyncio.Queue[Settlement] = field(default_factory=asyncio.Queue)

    def put(self, settlement: Settlement) -> None:
        """Write this down soon."""
        self._queue.put_nowait(settlement)

    async def run(self) -> None:
        """Write down what comes in, until cancelled."""
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(_GATHERS_SECONDS)
            while len(batch) < _MOST_AT_ONCE and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._persist([await self._scripted(each) for each in batch])
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def finish(self) -> None:
        """Wait until everything is written down."""
        await self._queue.join()

    async def _scripted(self, settlement: Settlement) -> Settlement:
        try:
            if needs_script(settlement):
                return replace(settlement, script=await self.script(settlement.claimed))
        except Exception as error:
            # This message's own fault: it is settled without, and the others with it.
            log.exception("script.not_made", message=wire("msg", settlement.claimed.id), error=type(error).__name__)
        return settlement

    async def _persist(self, batch: Sequence[Settlement]) -> None:
        """Write a batch; while the database is away, wait for it: what was sent must not be forgotten.

        Nor because another transaction was in the way: the fewer are written at once, the sooner they come through.
        """
        tries = 0
        while True:
            tries += 1
            try:
                async with self.begin.across() as tx:
                    written = await self._write(tx, batch)
            except Exception as error:
                if is_of_the_moment(error) and (tries < _TRIES or len(batch) == 1):
                    log.warning("settle.crossed", error=type(error).__name__, count=len(batch))
                elif is_database_away(error):
                    log.warning("settle.database_away", error=type(error).__name__, count=len(batch))
                else:
                    log.exception("settle.refused", error=type(error).__name__, count=len(batch))
                    return await self._one_by_one(batch)
            else:
                return self._ring(written)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _ring(self, batch: Sequence[Settlement]) -> None:
        if any(is_due_at_once(s.verdict.next) for s in batch):
            self.on_due()

    async def _one_by_one(self, batch: Sequence[Settlement]) -> None:
        """A batch that the database refuses: only the item that is to blame stays unsettled.

        Its lease runs out, its attempt is found "started", and it is treated as uncertain.
        """
        if len(batch) == 1:
            return
        for settlement in batch:
            await self._persist([settlement])

    async def _write(self, tx: Tx, batch: Sequence[Settlement]) -> list[Settlement]:
        # Receipts of the same messages may be coming in: whoever writes locks the messages first, in one order.
        erased = await lock_messages(tx, map(_key, batch))
        now = self.clock.now()
        settled = await self._halted(tx, _newest(batch))
        ours = await settle(tx, settled, now=now)
        await reconsider(tx, _overtaken(batch, ours), now=now)
        await suppress(tx, _suppressions(batch, erased), now=now)
        return settled

    async def _halted(self, tx: Tx, batch: list[Settlement]) -> list[Settlement]:
        """Halt what is misconfigured; whoever used a connection that has been changed since tries again at once."""
        haltings = {(h.connection_id, h.version): h for h in map(_halting, batch) if h is not None}
        if not haltings:
            return batch
        halted = await halt_connections(tx, [haltings[used] for used in sorted(haltings)])
        await open_tasks(tx, *map(_connection_task, halted))
        for connection_id, _ in haltings:
            # Even if it was changed: then it is read anew.
            self.on_halt(connection_id)
        changed = haltings.keys() - {(h.connection_id, h.version) for h in halted}
        return [_at_once(s) if s.verdict.halt and (s.connection_id, s.version) in changed else s for s in batch]


def _overtaken(batch: Sequence[Settlement], ours: Mapping[UUID, str | None]) -> list[MessageKey]:
    """A bounce or failure was told before the answer came: what follows from it, follows now."""
    open_ended = {"accepted", "uncertain"}
    return [
        _key(s) for s in batch if s.verdict.status in open_ended and ours.get(s.claimed.id) in {"bounced", "failed"}
    ]


def _key(settlement: Settlement) -> MessageKey:
    return MessageKey(settlement.claimed.storefront_id, settlement.claimed.order_id, settlement.claimed.id)


def _newest(batch: Sequence[Settlement]) -> list[Settlement]:
    """One settlement of each attempt (and message): a statement touches a row once."""
    return list({(s.claimed.id, s.attempt_id): s for s in batch}.values())


def _suppressions(batch: Sequence[Settlement], erased: Collection[UUID]) -> list[Suppressing]:
    return [
        Suppressing(
            at=_address(s.claimed, is_erased=s.claimed.id in erased),
            reason=s.verdict.suppress,
            source=wire("att", s.attempt_id),
            order_id=s.claimed.order_id,
        )
        for s in batch
        if s.verdict.suppress is not None and s.attempt_id is not None
    ]


def _address(claimed: Claimed, *, is_erased: bool) -> Address:
    """What must not be used any more; of somebody who was erased meanwhile, the digest alone."""
    at = canonical(claimed.channel, claimed.recipient)
    return Address(
        claimed.storefront_id, claimed.mode, claimed.channel, hashed(claimed.storefront_id, at) if is_erased else at
    )


def _at_once(settlement: Settlement) -> Settlement:
    verdict = settlement.verdict
    reason = f"{verdict.reason}; the connection has been changed since"
    return replace(
        settlement, verdict=replace(verdict, next=Again(timedelta(), settlement.claimed.tries), reason=reason)
    )


def _connection_task(halting: Halting) -> Opening:
    connection = wire("con", halting.connection_id)
    return Opening(
        storefront_id=halting.storefront_id,
        mode=halting.mode,
        order_id=None,
        kind="connection_halted",
        cause=connection,
        opened_at=halting.at,
        data={"connection": connection},
    )


def _halting(settlement: Settlement) -> Halting | None:
    verdict, claimed = settlement.verdict, settlement.claimed
    if verdict.halt is None or settlement.connection_id is None or settlement.version is None:
        return None
    return Halting(
        storefront_id=claimed.storefront_id,
        mode=claimed.mode,
        connection_id=settlement.connection_id,
        version=settlement.version,
        reason=verdict.reason,
        lasts=verdict.halt,
        at=settlement.finished_at,
    )
