"""What a provider is to tidings: it is given something to send, and answers with a value, never an exception."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from tidings.storefronts.kinds import Channel

# Channel is handed on, because adapters see ports only.
__all__ = [
    "Accepted", "Attachment", "Channel", "ConnectionConfig", "Content", "Found", "Misconfigured", "NotThere",
    "Outcome", "Outgoing", "Permanent", "Sender", "SuppressFor", "Throttled", "Transient", "Uncertain",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What is said on one channel.

    `text` is the SMS, the plain part of the e-mail, the body of the push, the script of the call; `subject` the
    e-mail's subject or the push's title.
    """

    text: str
    subject: str | None = None
    html: str | None = None
    extras: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with an e-mail."""

    name: str
    # `application/pdf`.
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt, ready to leave."""

    # `att_…`: travels to the provider, comes back with its receipts.
    attempt_id: str
    # `msg_…`: the same on every retry; Message-ID, collapse key.
    message_id: str
    # `ord_…`: threads the e-mails of one order.
    order_id: str
    channel: Channel
    to: str
    content: Content
    locale: str
    # Where the provider posts what became of it: `{TIDINGS_PUBLIC_URL}/v1/callbacks/con_…`.
    callback_url: str
    valid_until: datetime
    # W3C traceparent of the order's trace.
    trace: str | None = None
    # E-mail only.
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken it."""

    provider_message_id: str | None = None


SuppressFor = Literal["hard_bounce", "complaint", "opt_out"]


@dataclass(frozen=True, slots=True)
class Permanent:
    """A definite no for this message at this address: another channel may do.

    `suppress` says that the address itself is to blame and must not be used again.
    """

    reason: str
    code: str | None = None
    suppress: SuppressFor | None = None


@dataclass(frozen=True, slots=True)
class Transient:
    """Certainly not sent now; later may do."""

    reason: str
    code: str | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """Certainly not sent, because we are too fast for the provider; costs the message nothing."""

    reason: str
    code: str | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """Certainly not sent, and nothing will be through this connection until somebody mends it."""

    reason: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The request left and no answer came: it may have been sent, or not."""

    reason: str
    code: str | None = None


Outcome = Accepted | Permanent | Transient | Throttled | Misconfigured | Uncertain


@dataclass(frozen=True, slots=True)
class NotThere:
    """The provider was asked, and knows nothing of the attempt: it can be sent again without doubling."""


Found = Accepted | NotThere | Uncertain


class Sender(Protocol):
    """One configured connection's way out. Made by adapters/registry.py from its settings and secrets."""

    # True when the provider can be asked what became of an attempt.
    can_be_asked: bool
    # How long after acceptance its last receipt is expected; None when it promises none.
    patience: timedelta | None

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once. Never raises: what is not foreseen is a bug, logged as one, and counts as uncertain."""
        ...

    async def find(self, outgoing: Outgoing) -> Found:
        """Ask the provider whether it has this attempt; only called when `can_be_asked`."""
        ...

    async def close(self) -> None:
        """Let go of pooled connections; called when the connection's settings changed, and at the end."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """A connection as adapters need it: decrypted, validated by the provider's own classes."""

    id: UUID
    storefront_id: UUID
    mode: Literal["live", "test"]
    name: str
    channel: str
    provider: str
    settings: Mapping[str, object]
    secrets: Mapping[str, str]
    version: int
