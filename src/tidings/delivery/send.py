"""The sending stage: one task for each message that has left, until its provider has answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import random
from typing import Any
from uuid import UUID

import structlog

from tidings.delivery.claim import Claimed
from tidings.delivery.ports import Accepted, Content, Found, NotThere, Outcome, Outgoing, Uncertain
from tidings.delivery.prepare import Send
from tidings.delivery.rules import Standing, Verdict, judge, judge_found
from tidings.delivery.settle import Settlement
from tidings.delivery.settling import Settling
from tidings.delivery.start import Departure
from tidings.delivery.switchboard import Line
from tidings.kit.clock import Clock
from tidings.kit.ids import wire
from tidings.kit.metrics import Metrics
from tidings.kit.trace import Tracing

log = structlog.get_logger(__name__)


def _nobody() -> None:
    """Nobody waits for a free line yet."""


@dataclass(slots=True)
class Sending:
    """What is under way, and how it ends."""

    settling: Settling
    clock: Clock
    metrics: Metrics
    tracing: Tracing
    # Base of callback URLs.
    public_url: str
    # Longer than any provider's own time-out: the adapter that forgets its own is cut off here.
    timeout_seconds: float
    in_flight: int = 0
    on_free: Callable[[], None] = _nobody
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, group: asyncio.TaskGroup, departure: Departure, plan: Send, standing: Standing) -> None:
        """Set out with a message whose attempt is written down; its place on the line was taken before."""
        self._left()
        group.create_task(self._send(departure, plan, standing))

    def ask(self, group: asyncio.TaskGroup, claimed: Claimed, line: Line, standing: Standing) -> None:
        """Ask the provider what became of the last attempt."""
        line.in_flight += 1
        self._left()
        group.create_task(self._ask(claimed, line, standing))

    async def finish(self, seconds: float) -> None:
        """Wait until nothing is under way, at most this long."""
        if self.in_flight:
            try:
                async with asyncio.timeout(seconds):
                    await self._idle.wait()
            except TimeoutError:
                log.warning("drain.grace_over", count=self.in_flight)

    def _left(self) -> None:
        self.in_flight += 1
        self._idle.clear()

    def _arrived(self, line: Line, settlement: Settlement) -> None:
        line.in_flight -= 1
        self.in_flight -= 1
        self.settling.put(settlement)
        if self.in_flight == 0:
            self._idle.set()
        # Refilled at the low-water mark, so that claims stay batches.
        if line.free * 4 >= line.limit:
            self.on_free()

    async def _send(self, departure: Departure, plan: Send, standing: Standing) -> None:
        claimed, line = departure.claimed, plan.line
        outgoing = self._outgoing(claimed, departure.attempt_id, departure.content, line, plan.to)
        began = time.perf_counter()
        with self.tracing.span(
            "message.send", parent=claimed.trace, channel=claimed.channel, provider=line.connection.provider
        ):
            outcome = await self._guarded(line.sender.send(outgoing))
        self.metrics.attempted(
            claimed.channel, line.connection.provider, type(outcome).__name__.lower(), time.perf_counter() - began
        )
        verdict = judge(outcome, standing, now=self.clock.now(), jitter=random())  # noqa: S311 - spreads retries
        if isinstance(outcome, Accepted):
            self.metrics.accepted(claimed.channel, (self.clock.now() - claimed.created_at).total_seconds())
        # What just left counts as an attempt of the message from here on.
        tried = replace(claimed, attempts=departure.number)
        self._arrived(line, self._settlement(tried, line, departure.attempt_id, outcome, verdict))

    async def _ask(self, claimed: Claimed, line: Line, standing: Standing) -> None:
        if claimed.last is None:
            message = "nothing to ask about"
            raise ValueError(message)
        outgoing = self._outgoing(
            claimed, claimed.last.id, claimed.content or Content(text=""), line, claimed.recipient
        )
        found = await self._guarded_find(line, outgoing)
        verdict = judge_found(found, standing, now=self.clock.now(), jitter=random())  # noqa: S311 - spreads retries
        self._arrived(line, self._settlement(claimed, line, claimed.last.id, found, verdict))

    async def _guarded(self, sending: Any) -> Outcome:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                outcome: Outcome = await sending
                return outcome
        except TimeoutError:
            return Uncertain("no answer in time")
        except Exception as error:
            log.exception("adapter.bug", error=type(error).__name__)
            return Uncertain(f"the adapter failed: {type(error).__name__}")

    async def _guarded_find(self, line: Line, outgoing: Outgoing) -> Found:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await line.sender.find(outgoing)
        except TimeoutError:
            return Uncertain("no answer in time")
        except Exception as error:
            log.exception("adapter.bug", error=type(error).__name__)
            return Uncertain(f"the adapter failed: {type(error).__name__}")

    def _outgoing(self, claimed: Claimed, attempt: UUID, content: Content, line: Line, to: str) -> Outgoing:
        return Outgoing(
            attempt_id=wire("att", attempt),
            message_id=wire("msg", claimed.id),
            order_id=wire("ord", claimed.order_id),
            channel=claimed.channel,
            to=to,
            content=content,
            locale=claimed.locale,
            callback_url=f"{self.public_url}/v1/callbacks/{wire('con', line.connection.id)}",
            valid_until=claimed.valid_until,
            trace=claimed.trace,
        )

    def _settlement(
        self, claimed: Claimed, line: Line, attempt: UUID, outcome: Outcome | NotThere, verdict: Verdict
    ) -> Settlement:
        accepted = isinstance(outcome, Accepted)
        return Settlement(
            claimed=claimed,
            verdict=verdict,
            attempt_id=attempt,
            outcome=type(outcome).__name__.lower(),
            connection_id=line.connection.id,
            connection=line.connection.name,
            provider_message_id=outcome.provider_message_id if isinstance(outcome, Accepted) else None,
            error=None if accepted else _error(outcome),
            finished_at=self.clock.now(),
            patience=line.sender.patience,
        )


def _error(outcome: Outcome | NotThere) -> dict[str, Any]:
    code, reason = getattr(outcome, "code", None), getattr(outcome, "reason", "the provider does not have it")
    # A provider may answer anything; Postgres takes no NUL.
    return {"code": code and str(code).replace("\x00", ""), "reason": str(reason).replace("\x00", "")[:2000]}
