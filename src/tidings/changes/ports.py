"""What a payment provider is to a refund: it is asked to pay back, and answers with a value, never an exception."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from tidings.delivery.ports import ConnectionConfig

__all__ = [
    "ConnectionConfig", "RefundAsked", "RefundOutcome", "RefundRefused", "RefundSilent", "RefundSucceeded",
    "RefundTaken", "Refunder",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """Pay this much back."""

    # `rfd_…`: the same on every try, so that the provider pays once.
    refund_id: str
    order_number: str
    payment_reference: str
    # Minor units and ISO 4217 code.
    amount: int
    currency: str
    # What the provider called it when it took it; None at first.
    provider_refund_id: str | None = None
    # True when it may have been asked before, by a process that died: ask first whether the provider has it.
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class RefundSucceeded:
    """The money is on its way."""

    provider_refund_id: str


@dataclass(frozen=True, slots=True)
class RefundTaken:
    """The provider has it, and will say (or must be asked) what becomes of it."""

    provider_refund_id: str
    ask_after: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """A definite no: a person must act."""

    reason: str


@dataclass(frozen=True, slots=True)
class RefundSilent:
    """No answer: asked again with the same id, which cannot pay twice."""

    reason: str
    retry_after: timedelta | None = None


RefundOutcome = RefundSucceeded | RefundTaken | RefundRefused | RefundSilent


class Refunder(Protocol):
    """One configured connection to a payment provider. Made by adapters/registry.py."""

    async def refund(self, asked: RefundAsked) -> RefundOutcome:
        """Ask once to pay back, or, with `provider_refund_id`, what became of it. Never raises."""
        ...

    async def close(self) -> None:
        """Let go of what is held open."""
        ...
