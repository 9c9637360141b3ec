"""What the registry gives out: nobody out of whom an exception gets, and stand-ins for connections that cannot work."""

import asyncio
import traceback
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import structlog

from tidings.changes.ports import RefundAsked, Refunder, RefundOutcome, RefundSilent
from tidings.delivery.ports import ConnectionConfig, Found, Misconfigured, Outcome, Outgoing, Sender, Uncertain
from tidings.verification.ports import Question, Silent, Verdict, Verifier

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class _Guard:
    """Keeps the time for an adapter, and its faults from everybody else."""

    def __init__(self, connection: ConnectionConfig, longest: timedelta) -> None:
        self._seconds = longest.total_seconds()
        self._connection = connection

    async def __call__(self, doing: str, about: str, work: Awaitable[T]) -> T | str:
        """What the work came to; or what is to be said of the fault in it, which is logged."""
        try:
            async with asyncio.timeout(self._seconds):
                return await work
        except Exception as bug:  # noqa: BLE001 - whatever it is, it is ours, and nobody else's work ends for it
            # Not the exception's own text, which may hold an address; where it happened says enough.
            _log.error(
                "adapter.bug",
                doing=doing,
                provider=self._connection.provider,
                connection=str(self._connection.id),
                about=about,
                error=type(bug).__name__,
                where="".join(traceback.format_tb(bug.__traceback__)),
            )
            return f"a fault in tidings itself: {type(bug).__name__}"


class Guarded:
    """A sender from which no exception gets out: one that does is a bug, and the message may have left."""

    def __init__(self, sender: Sender, connection: ConnectionConfig, longest: timedelta) -> None:
        self._sender = sender
        self._guard = _Guard(connection, longest)
        self.can_be_asked = sender.can_be_asked
        self.patience: timedelta | None = sender.patience

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once."""
        outcome = await self._guard("send", outgoing.attempt_id, self._sender.send(outgoing))
        return Uncertain(outcome, code="adapter_bug") if isinstance(outcome, str) else outcome

    async def find(self, outgoing: Outgoing) -> Found:
        """Ask the provider whether it has this attempt."""
        found = await self._guard("find", outgoing.attempt_id, self._sender.find(outgoing))
        return Uncertain(found, code="adapter_bug") if isinstance(found, str) else found

    async def close(self) -> None:
        """Let go of what is held open."""
        await self._sender.close()


class GuardedVerifier:
    """A verifier from which no exception gets out: one that does is a bug, and nothing was learnt."""

    def __init__(self, verifier: Verifier, connection: ConnectionConfig, longest: timedelta) -> None:
        self._verifier = verifier
        self._guard = _Guard(connection, longest)

    async def verify(self, question: Question) -> Verdict:
        """Ask once."""
        verdict = await self._guard("verify", question.key, self._verifier.verify(question))
        return Silent(verdict) if isinstance(verdict, str) else verdict

    async def close(self) -> None:
        """Let go of what is held open."""
        await self._verifier.close()


class GuardedRefunder:
    """A refunder from which no exception gets out: one that does is a bug, and the money may have gone."""

    def __init__(self, refunder: Refunder, connection: ConnectionConfig, longest: timedelta) -> None:
        self._refunder = refunder
        self._guard = _Guard(connection, longest)

    async def refund(self, asked: RefundAsked) -> RefundOutcome:
        """Ask once; the refund's id keeps the provider from paying twice."""
        outcome = await self._guard("refund", asked.refund_id, self._refunder.refund(asked))
        return RefundSilent(outcome) if isinstance(outcome, str) else outcome

    async def close(self) -> None:
        """Let go of what is held open."""
        await self._refunder.close()


class Unusable:
    """A connection whose stored settings its provider does not accept (any more)."""

    can_be_asked = False
    patience: timedelta | None = None

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def send(self, outgoing: Outgoing) -> Outcome:  # noqa: ARG002 - nothing can be sent
        """Nothing leaves."""
        return Misconfigured(self._reason, code="settings")

    async def find(self, outgoing: Outgoing) -> Found:  # noqa: ARG002 - nobody can be asked
        """Nobody can be asked."""
        return Uncertain(self._reason, code="settings")

    async def close(self) -> None:
        """Nothing is held open."""


class UnusableVerifier:
    """The same, of one that is to verify."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def verify(self, question: Question) -> Verdict:  # noqa: ARG002 - nobody can be asked
        """Nobody can be asked."""
        return Silent(self._reason, misconfigured=True)

    async def close(self) -> None:
        """Nothing is held open."""


class UnusableRefunder:
    """The same, of one that is to pay back."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def refund(self, asked: RefundAsked) -> RefundOutcome:  # noqa: ARG002 - nobody can be asked
        """Nobody can be asked."""
        return RefundSilent(self._reason)

    async def close(self) -> None:
        """Nothing is held open."""
