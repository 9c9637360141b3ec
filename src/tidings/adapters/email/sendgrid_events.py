"""SendGrid's event webhook: a signed array of events about mails, ours found again by what we gave along."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import from_json, to_json

from tidings.adapters import signatures
from tidings.adapters.wording import reason, storable
from tidings.callbacks.ports import Answer, Posted, ProviderEvent, ReceiptStatus
from tidings.delivery.ports import ConnectionConfig

# In `custom_args`: echoed in every event, even in those that come without SendGrid's own id.
ATTEMPT_KEY = "tidings_attempt"

SIGNATURE_HEADER = "x-twilio-email-event-webhook-signature"
TIMESTAMP_HEADER = "x-twilio-email-event-webhook-timestamp"

# Whether a retry is signed anew is not documented; retries end after a day. What comes twice has the same event id.
_OLDEST = timedelta(hours=25)
_NEWEST = timedelta(minutes=5)

_STATUSES: Mapping[str, ReceiptStatus] = {
    "processed": "accepted",
    "deferred": "deferred",
    "delivered": "delivered",
    "spamreport": "complained",
    "unsubscribe": "opted_out",
    "group_unsubscribe": "opted_out",
}

# Never handed to a mail server, because SendGrid's own lists or checks forbid it. The reason decides whether the
# address or the customer said no; either way the mail will not arrive.
_DROPPED: Mapping[str, tuple[ReceiptStatus, ...]] = {
    "unsubscribed address": ("failed", "opted_out"),
    "bounced address": ("bounced",),
    "invalid": ("bounced",),
    "invalid recipient": ("bounced",),
    "spam reporting address": ("failed", "complained"),
}

# `sg_message_id` is the id of the send with the server and recipient added.
_SERVER_SUFFIX = re.compile(r"\.(?:filter\d|recvd-).*", re.DOTALL)
_LONGEST_KEY = 200


class SendGridReader:
    """Reads batches of events."""

    answer = Answer(ok=200, refused=403)
    max_bytes = 2 * 1024 * 1024

    def verify(self, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:
        """Whether SendGrid signed these bytes, within the last day."""
        stamp = posted.headers.get(TIMESTAMP_HEADER)
        signed_at = signatures.unix_time(stamp or "")
        if signed_at is None or not -_NEWEST <= now - signed_at <= _OLDEST:
            return False
        seal = posted.headers.get(SIGNATURE_HEADER)
        keys = [connection.secrets.get(name) for name in ("webhook_public_key", "previous_webhook_public_key")]
        return any(signatures.sendgrid(key, stamp, posted.body, seal) for key in keys if key)

    def parse(self, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent]:  # noqa: ARG002 - says it all itself
        """The events; one that makes no sense is kept as ignored and harms none of the others."""
        batch = from_json(posted.body, allow_inf_nan=False)
        if not isinstance(batch, list):
            # Not a TypeError: what is wrong is what was posted.
            raise ValueError("SendGrid posts an array of events")  # noqa: TRY004
        return [event for item in batch for event in _events(item)]


def _events(item: Any) -> list[ProviderEvent]:
    """One item of the batch: mostly one event, two when it says two things."""
    fields = item if isinstance(item, dict) else {}
    name = storable(_text(fields, "event"))[:40]
    key = storable(_text(fields, "sg_event_id"))[:_LONGEST_KEY] or hashlib.sha256(to_json(item)).hexdigest()
    if name == "group_resubscribe":
        return [ProviderEvent(key, "opt_in", name, address=storable(_text(fields, "email")) or None, at=_when(fields))]
    statuses = _meaning(name, fields)
    if not statuses:
        return [ProviderEvent(key, "ignored", name or "nonsense")]
    return [
        _receipt(key if place == 0 else f"{key}:{status}", name, status, fields)
        for place, status in enumerate(statuses)
    ]


def _meaning(name: str, fields: Mapping[str, Any]) -> tuple[ReceiptStatus, ...]:
    if name == "bounce":
        # "blocked" is the receiving server's mood of the day; the address is good.
        return ("failed",) if _text(fields, "type") == "blocked" else ("bounced",)
    if name == "dropped":
        return _DROPPED.get(_text(fields, "reason").strip().lower(), ("failed",))
    return (_STATUSES[name],) if name in _STATUSES else ()


def _receipt(key: str, name: str, status: ReceiptStatus, fields: Mapping[str, Any]) -> ProviderEvent:
    recipient = _text(fields, "email")
    said = {
        "reason": reason(_text(fields, "reason") or _text(fields, "response"), recipient),
        "code": storable(_text(fields, "status"))[:20],
        "classification": storable(_text(fields, "bounce_classification"))[:80],
    }
    theirs = _SERVER_SUFFIX.sub("", storable(_text(fields, "sg_message_id")))[:_LONGEST_KEY]
    return ProviderEvent(
        key=key,
        kind="receipt",
        provider_status=name,
        status=status,
        attempt_id=storable(_text(fields, ATTEMPT_KEY))[:_LONGEST_KEY] or None,
        provider_message_id=theirs or None,
        at=_when(fields),
        detail={word: value for word, value in said.items() if value},
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _when(fields: Mapping[str, Any]) -> datetime | None:
    seconds = fields.get("timestamp")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
