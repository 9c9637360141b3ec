"""Asks the shop's verifiers: one of them each time, and one that has just been deaf again and again not at all."""

import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from tidings.kit.scope import Scope
from tidings.storefronts.judge import TEST_PROVIDER
from tidings.verification.ports import ConnectionConfig, Question, Silent, Verdict, Verifier

# Reads the usable connections of these storefronts, the preferred first.
ReadConnections = Callable[[Collection[UUID]], Awaitable[Sequence[ConnectionConfig]]]
OpenVerifier = Callable[[ConnectionConfig], Verifier]

# So many silences in a row, and a verifier is left alone for so long: each try would take its whole time-out, and the
# shop's other errands with it.
DEAF_AFTER: Final = 3
REST_SECONDS: Final = 15.0


@dataclass(slots=True)
class _Hearing:
    silences: int = 0
    rests_until: float = 0.0


@dataclass(slots=True)
class Asking:
    """What verifiers are asked with, by one worker."""

    read: ReadConnections
    open: OpenVerifier
    clock: Callable[[], float] = time.monotonic
    # By connection and version: one that was mended is asked at once.
    _hearings: dict[tuple[UUID, int], _Hearing] = field(default_factory=dict)

    async def ask(self, scope: Scope, question: Question, turn: int) -> Verdict | None:
        """Ask one verifier, the next one on each turn; None when it rests, and nobody was asked."""
        connections = _fitting(await self.read([scope.storefront_id]), scope, question)
        if not connections:
            return Silent(f"there is no connection of the channel {question.check}", misconfigured=True)
        connection = connections[turn % len(connections)]
        hearing = self._hearings.setdefault((connection.id, connection.version), _Hearing())
        if self.clock() < hearing.rests_until:
            return None
        verdict = await self._asked(connection, question)
        hearing.silences = hearing.silences + 1 if isinstance(verdict, Silent) else 0
        if hearing.silences >= DEAF_AFTER:
            hearing.rests_until = self.clock() + REST_SECONDS
        return verdict

    async def _asked(self, connection: ConnectionConfig, question: Question) -> Verdict:
        verifier = self.open(connection)
        try:
            return await verifier.verify(question)
        finally:
            await verifier.close()


def _fitting(connections: Sequence[ConnectionConfig], scope: Scope, question: Question) -> list[ConnectionConfig]:
    """Those that may be asked; where the order names one of them as its payment provider, no other."""
    found = [
        connection
        for connection in connections
        if connection.mode == scope.mode
        and connection.channel == question.check
        and (scope.mode == "live" or connection.provider == TEST_PROVIDER)
    ]
    if question.check == "stock":
        return found
    return [connection for connection in found if connection.provider == question.payment_provider] or found
