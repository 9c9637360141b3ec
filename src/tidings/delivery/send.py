"""The sending stage: one task for each message that has left, until its provider has answered."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from random import random
from typing import Any
from uuid import UUID

import structlog

from tidings.delivery.claim import Claimed
from tidings.delivery.enclosures import EXTRA, Enclosures, Unfetched
from tidings.delivery.ports import Accepted, Content, NotThere, Outcome, Outgoing, Transient
from tidings.delivery.prepare import Ask, Send
from tidings.delivery.rules import ACCEPTED, Standing, Verdict, judge, judge_found
from tidings.delivery.said import said_digest
from tidings.delivery.settlement import Settlement
from tidings.delivery.settling import Settling
from tidings.delivery.start import Departure
from tidings.delivery.switchboard import Line
from tidings.kit.clock import Clock
from tidings.kit.ids import wire
from tidings.kit.metrics import Metrics
from tidings.kit.trace import Tracing
from tidings.kit.whereabouts import whereabouts
from tidings.outbox.claim import Route

log = structlog.get_logger(__name__)


def _nobody(_: Route) -> None:
    """Nobody waits for a free line yet."""


# Where the message stands; asked for only when its answer leaves something to be decided.
Stands = Callable[[], Standing]
Journey = Callable[[], Awaitable[Settlement]]


@dataclass(slots=True)
class Sending:
    """What is under way, and how it ends."""

    settling: Settling
    clock: Clock
    metrics: Metrics
    tracing: Tracing
    # Base of callback URLs.
    public_url: str
    # Longer than any sender takes to answer: the registry cuts off those that forget their own time-out.
    timeout_seconds: float
    # Fetches what goes along with messages.
    enclosures: Enclosures | None = None
    # Places taken, whether or not their message has left yet.
    in_flight: int = 0
    on_free: Callable[[Route], None] = _nobody
    # The drain's.
    group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def take_place(self, line: Line) -> None:
        """Keep a place on this line for a message that is being prepared."""
        line.in_flight += 1
        self.in_flight += 1
        self._idle.clear()

    def give_up_place(self, line: Line) -> None:
        """The place is free again."""
        line.in_flight -= 1
        self.in_flight -= 1
        if self.in_flight == 0:
            self._idle.set()
        self.on_free(line.route)

    def send(self, departure: Departure, plan: Send, stands: Stands) -> None:
        """Set out with a message whose attempt is written down and whose place was taken before."""
        self._go(departure.claimed, plan.line, partial(self._send, departure, plan, stands))

    def ask(self, claimed: Claimed, plan: Ask, stands: Stands) -> None:
        """Ask the provider what became of the last attempt."""
        self.take_place(plan.line)
        self._go(claimed, plan.line, partial(self._ask, claimed, plan, stands))

    async def finish(self, seconds: float) -> None:
        """Wait until nothing is under way, at most this long."""
        if self.in_flight:
            try:
                async with asyncio.timeout(seconds):
                    await self._idle.wait()
            except TimeoutError:
                log.warning("drain.grace_over", count=self.in_flight)

    def abandon(self) -> None:
        """Give up whatever is still under way: its attempts are found as uncertain."""
        for task in self._under_way:
            task.cancel()

    def _go(self, claimed: Claimed, line: Line, journey: Journey) -> None:
        task = self.group.create_task(self._arrived(claimed, line, journey))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _arrived(self, claimed: Claimed, line: Line, journey: Journey) -> None:
        try:
            settlement = await journey()
        except Exception as error:
            # Its own fault, and nobody else's: its lease runs out, and its attempt is treated as uncertain.
            log.exception("message.lost_on_its_way", message=wire("msg", claimed.id), error=type(error).__name__)
        else:
            line.has_answered = True
            self.settling.put(settlement)
        self.give_up_place(line)

    async def _send(self, departure: Departure, plan: Send, stands: Stands) -> Settlement:
        claimed, line = departure.claimed, plan.line
        outgoing = self._outgoing(claimed, departure.attempt_id, departure.content, line, plan.to)
        digest = said_digest(departure.salt, claimed.recipient, claimed.channel, departure.content)
        began = time.perf_counter()
        with self.tracing.span(
            "message.send", parent=claimed.trace, channel=claimed.channel, provider=line.connection.provider
        ):
            outcome = await self._left(claimed, outgoing, line)
        took, now = time.perf_counter() - began, self.clock.now()
        self.metrics.attempted(claimed.channel, line.connection.provider, type(outcome).__name__.lower(), took)
        if isinstance(outcome, Accepted):
            verdict = ACCEPTED
            self.metrics.accepted(claimed.channel, (now - claimed.created_at).total_seconds())
        else:
            verdict = judge(outcome, stands(), now=now, jitter=random())  # noqa: S311 - spreads retries
        return self._settlement(_Try(claimed, departure.attempt_id, line, digest), outcome, verdict, now)

    async def _left(self, claimed: Claimed, outgoing: Outgoing, line: Line) -> Outcome:
        """Fetch what goes along with it, and hand it over."""
        attached = outgoing.content.extras.get(EXTRA)
        if self.enclosures is not None and isinstance(attached, list | tuple) and attached:
            try:
                outgoing = replace(outgoing, attachments=await self.enclosures.fetched(claimed, attached))
            except Exception as error:  # noqa: BLE001 - whatever it is, nothing has left, and nobody else is held up
                return _unfetched(claimed, error)
        return await line.sender.send(outgoing)

    async def _ask(self, claimed: Claimed, plan: Ask, stands: Stands) -> Settlement:
        if claimed.last is None:
            message = "nothing to ask about"
            raise ValueError(message)
        line = plan.line
        outgoing = self._outgoing(claimed, claimed.last.id, claimed.content or Content(text=""), line, plan.to)
        found, now = await line.sender.find(outgoing), self.clock.now()
        verdict = judge_found(found, stands(), now=now, jitter=random())  # noqa: S311 - spreads retries
        digest = said_digest(claimed.salt, claimed.recipient, claimed.channel, outgoing.content)
        return self._settlement(_Try(claimed, claimed.last.id, line, digest), found, verdict, now)

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

    def _settlement(self, tried: "_Try", outcome: Outcome | NotThere, verdict: Verdict, now: datetime) -> Settlement:
        accepted, line = isinstance(outcome, Accepted), tried.line
        return Settlement(
            claimed=tried.claimed,
            verdict=verdict,
            attempt_id=tried.attempt,
            outcome=type(outcome).__name__.lower(),
            connection_id=line.connection.id,
            connection=line.connection.name,
            version=line.connection.version,
            provider_message_id=outcome.provider_message_id if isinstance(outcome, Accepted) else None,
            error=None if accepted else _error(outcome),
            finished_at=now,
            patience=line.sender.patience,
            content_digest=tried.digest,
        )


@dataclass(frozen=True, slots=True)
class _Try:
    """One attempt: of what, over which line, and the digest of what was said."""

    claimed: Claimed
    attempt: UUID
    line: Line
    digest: str | None


def _unfetched(claimed: Claimed, error: Exception) -> Transient:
    why = str(error)
    if not isinstance(error, Unfetched):
        why = whereabouts(error)
        log.error("attachment.failed", message=wire("msg", claimed.id), error=type(error).__name__, exc_info=error)
    return Transient(f"what is attached cannot be fetched: {why}", "attachment")


def _error(outcome: Outcome | NotThere) -> dict[str, Any]:
    code, reason = getattr(outcome, "code", None), getattr(outcome, "reason", "the provider does not have it")
    # A provider may answer anything; Postgres takes no NUL.
    return {"code": code and str(code).replace("\x00", ""), "reason": str(reason).replace("\x00", "")[:2000]}
