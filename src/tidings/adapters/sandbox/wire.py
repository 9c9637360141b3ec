"""The sandbox's callbacks: how it writes them, what its words mean in ours, and how they are read back."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tidings.adapters.sandbox.fates import Word
from tidings.adapters.signatures import standard_signature, standard_webhook
from tidings.adapters.wording import storable
from tidings.callbacks.ports import Answer, EventKind, Posted, ProviderEvent, ReceiptStatus
from tidings.delivery.ports import ConnectionConfig
from tidings.kit.ids import wire

# What each of the sandbox's words means in ours, and why.
MEANING: Mapping[str, tuple[EventKind, ReceiptStatus | None]] = {
    "accepted": ("receipt", "accepted"),
    "sent": ("receipt", "sent"),
    "ringing": ("receipt", "sent"),  # it left the provider; nobody has heard it yet
    "delivered": ("receipt", "delivered"),
    "answered": ("receipt", "delivered"),  # a person picked up
    "soft_bounce": ("receipt", "deferred"),  # the mailbox said "later", and the sandbox tries again
    "expired": ("receipt", "failed"),  # it was later once too often; the address itself is good
    "undelivered": ("receipt", "failed"),  # out of reach today; tells nothing against the number
    "busy": ("receipt", "failed"),
    "no_answer": ("receipt", "failed"),
    "voicemail": ("receipt", "failed"),  # a machine heard it; whether the customer will is not known
    "hard_bounce": ("receipt", "bounced"),  # no such address
    "spam_report": ("receipt", "complained"),
    "reply": ("reply", None),
    "opt_out": ("opt_out", "opted_out"),
    "opt_in": ("opt_in", None),
}

_ATTEMPT = re.compile(r"att_[0-9a-f]{32}")
_LONGEST = 200
_LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Callback:
    """One event about one message of the sandbox, as it is posted."""

    id: UUID
    word: Word
    at: datetime
    attempt_id: UUID
    channel: str
    recipient: str
    code: str | None = None
    reason: str | None = None
    text: str | None = None


def callback_id(value: UUID) -> str:
    """What the sandbox calls its events: equal on every repeat."""
    return f"sbe_{value.hex}"


def provider_message_id(attempt_id: UUID) -> str:
    """What the sandbox calls a message that it took."""
    return f"sbx_{attempt_id.hex}"


def body_of(callbacks: Sequence[Callback]) -> bytes:
    """One event as an object, several as an array."""
    events = [_event_json(callback) for callback in callbacks]
    return json.dumps(events[0] if len(events) == 1 else events, separators=(",", ":")).encode()


def delivery_id(callbacks: Sequence[Callback]) -> str:
    """The webhook-id: the same whenever the same events are posted together."""
    if len(callbacks) == 1:
        return callback_id(callbacks[0].id)
    return "sbd_" + hashlib.sha256(b"".join(callback.id.bytes for callback in callbacks)).hexdigest()[:32]


def signed_headers(webhook_id: str, body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """The headers of a post; a repeat is signed anew, with its own time.

    Raises:
        ValueError: the secret is not `whsec_` and base64.
    """
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": standard_signature(webhook_id, at, body, secret),
    }


def _event_json(callback: Callback) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": callback_id(callback.id),
        "type": callback.word,
        "at": callback.at.isoformat(),
        "attempt_id": wire("att", callback.attempt_id),
        "sandbox_message_id": provider_message_id(callback.attempt_id),
        "channel": callback.channel,
        "code": callback.code,
        "reason": callback.reason,
    }
    if MEANING[callback.word][0] != "receipt":
        event |= {"from": callback.recipient, "text": callback.text}
    return event


class SandboxReader:
    """Reads the callbacks back, as those of any other provider."""

    answer = Answer()
    max_bytes = 1_048_576

    def verify(self, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:
        """Whether the connection's secret signed exactly these bytes within the last five minutes."""
        secret = connection.secrets.get("signing_secret", "")
        return standard_webhook(dict(posted.headers), posted.body, [secret], now)

    def parse(self, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent]:
        """The events of a body, which is one JSON object or an array of them.

        Raises:
            ValueError: the body is neither.
        """
        del connection
        try:
            document = json.loads(posted.body)
        except RecursionError:
            message = "the body is nested too deeply"
            raise ValueError(message) from None
        if not isinstance(document, dict | list):
            message = "the body is neither an object nor an array"
            raise ValueError(message)  # noqa: TRY004 - the port's word for a body that makes no sense
        return [_event(item) for item in (document if isinstance(document, list) else [document])]


def _event(item: object) -> ProviderEvent:
    """One event; one that makes no sense is kept as ignored, so that its neighbours are not lost with it."""
    if not isinstance(item, dict):
        return ProviderEvent(key=_digest(item), kind="ignored", provider_status="unreadable")
    word = _text(item.get("type")) or "unknown"
    kind, status = MEANING.get(word, ("ignored", None))
    return ProviderEvent(
        key=_text(item.get("id")) or _digest(item),
        kind=kind,
        provider_status=word,
        status=status,
        attempt_id=_attempt(item.get("attempt_id")),
        provider_message_id=_text(item.get("sandbox_message_id")),
        at=_instant(item.get("at")),
        detail={name: said for name in ("code", "reason") if (said := _text(item.get(name)))},
        address=None if kind == "receipt" else _text(item.get("from")),
        text=None if kind == "receipt" else _text(item.get("text"), _LONGEST_TEXT),
    )


def _text(value: object, longest: int = _LONGEST) -> str | None:
    return storable(value)[:longest] if isinstance(value, str) else None


def _attempt(value: object) -> str | None:
    return value if isinstance(value, str) and _ATTEMPT.fullmatch(value) else None


def _instant(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _digest(item: object) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
