"""What a provider posts back, and what each provider's adapter must be able to say about it.

All pure: bytes in, values out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from tidings.delivery.ports import ConnectionConfig
from tidings.delivery.states import ReceiptStatus

# ReceiptStatus is handed on, because adapters see ports only.
__all__ = ["Answer", "CallbackReader", "EventKind", "Posted", "ProviderEvent", "ReceiptStatus"]

EventKind = Literal[
    "receipt",  # about an attempt of ours
    "reply",  # the customer answered
    "opt_out",  # the customer said STOP (to a number or address, not to an attempt)
    "opt_in",  # … and took it back
    "ignored",  # understood and of no interest (opens, clicks), or not understood: kept, nothing follows
]


@dataclass(frozen=True, slots=True)
class Posted:
    """A callback as it came in."""

    # The public URL that the provider was given, with the raw query; never rebuilt from the Host header.
    url: str
    # Lower-case names.
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One thing that a provider says, in our words."""

    # Unique per connection; the provider's own id of the event where it has one.
    key: str
    kind: EventKind
    # Theirs, to the letter.
    provider_status: str
    status: ReceiptStatus | None = None
    # `att_…` when the provider gave it back.
    attempt_id: str | None = None
    provider_message_id: str | None = None
    # When it happened, by the provider's clock; None when it does not say.
    at: datetime | None = None
    # Codes and reasons; no addresses, no text of customers.
    detail: Mapping[str, Any] = field(default_factory=dict)
    # The customer's address, for replies, opt-outs and opt-ins, which name no attempt.
    address: str | None = None
    # What the customer wrote, for replies.
    text: str | None = None
    # For "failed": the reason may pass by itself (the handset was off), so that once more may do.
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider wants to be answered when its callback was stored, and when it must be refused."""

    ok: int = 200
    refused: int = 403
    body: bytes = b""
    media_type: str = "text/plain"


class CallbackReader(Protocol):
    """One provider's way of talking back."""

    answer: Answer
    # Bodies over this are refused with 413.
    max_bytes: int

    def verify(self, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:
        """Whether the provider signed exactly these bytes. False on anything odd; never raises on input."""
        ...

    def parse(self, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent]:
        """The events in a verified body. Raises ValueError when the body makes no sense as a whole."""
        ...
