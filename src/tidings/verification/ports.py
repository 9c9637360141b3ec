"""What a verifier is to tidings: it is asked about an order, and answers with a value, never an exception."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from tidings.delivery.ports import ConnectionConfig
from tidings.verification.kinds import CheckName

__all__ = [
    "CheckName", "ConnectionConfig", "Failed", "NotYet", "Passed", "Question", "QuestionLine", "Silent", "Verdict",
    "Verifier",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One line of the order."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Question:
    """Is this order paid, or in stock?"""

    check: CheckName
    # The same on every retry: an idempotency key for whoever reserves by being asked. Of a changed order another one.
    key: str
    order_id: str
    order_number: str
    # Minor units and ISO 4217 code.
    total: int
    currency: str
    payment_method: str | None
    payment_provider: str | None
    payment_reference: str | None
    lines: Sequence[QuestionLine]


@dataclass(frozen=True, slots=True)
class Passed:
    """Yes."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A definite no, with its reason in the words of the trade (no personal data)."""

    reason: str
    # True when money is there all the same, and not as the order wants it: too little, or in another currency.
    has_money: bool = False


@dataclass(frozen=True, slots=True)
class NotYet:
    """It cannot be said yet (a bank transfer under way): asked again after a wait, as long as the policy lets it."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer, or none that can be understood: asked again, and after some time a person is asked instead."""

    reason: str
    retry_after: timedelta | None = None
    # True when asking again is pointless until somebody mends the connection.
    misconfigured: bool = False


Verdict = Passed | Failed | NotYet | Silent


class Verifier(Protocol):
    """One configured connection to somebody who knows. Made by adapters/registry.py."""

    async def verify(self, question: Question) -> Verdict:
        """Ask once. Never raises."""
        ...

    async def close(self) -> None:
        """Let go of what is held open."""
        ...
