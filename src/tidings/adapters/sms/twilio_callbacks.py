"""What Twilio posts: the status of messages that went out, and what customers text back."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl

from tidings.adapters import signatures
from tidings.adapters.signatures import TwilioAlgorithm
from tidings.adapters.wording import reason, storable
from tidings.callbacks.ports import Answer, EventKind, Posted, ProviderEvent, ReceiptStatus
from tidings.delivery.ports import ConnectionConfig

# In the address of the callbacks, which is signed as well: so the receipt finds its attempt without Twilio's id.
ATTEMPT_PARAMETER = "a"

SIGNATURE_HEADER = "x-twilio-signature"
SETTINGS_HEADER = "x-twilio-webhooks-signature-settings"

_STATUSES: Mapping[str, ReceiptStatus] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",  # many carriers never say more
    "delivered": "delivered",
    "read": "delivered",  # WhatsApp and RCS
    "partially_delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}

# Failures that tell more about the number. Codes not named here are failures only: Twilio reserves the right to
# change what they mean, and a number wrongly condemned is a customer who hears nothing any more.
_FAILURES: Mapping[str, tuple[ReceiptStatus, ...]] = {
    "21610": ("failed", "opted_out"),  # replied STOP
    "30005": ("bounced",),  # unknown or inactive number
    "30006": ("bounced",),  # landline, or a carrier out of reach
}

# In plain words, for the timeline; Twilio sends the bare number.
_REASONS: Mapping[str, str] = {
    "21610": "the customer has replied STOP to this sender",
    "30001": "Twilio's queue was full",
    "30002": "the Twilio account is suspended",
    "30003": "the phone is switched off or out of reach",
    "30004": "the message is blocked by the carrier or the customer",
    "30005": "the number is unknown or no longer in use",
    "30006": "a landline, or a carrier that cannot be reached",
    "30007": "filtered as spam by the carrier",
    "30008": "the carrier gave no reason",
    "30019": "too large",
    "30022": "over the sender's rate",
    "30023": "over the sender's daily limit",
    "30036": "not delivered before its validity ended",
    "30410": "the carrier did not answer in time",
}

_STOP_WORDS = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
_START_WORDS = frozenset({"start", "yes", "unstop"})

_LONGEST_ID = 100
_LONGEST_TEXT = 4000


class TwilioReader:
    """Reads status callbacks and inbound messages."""

    # Twilio has answered STOP itself already; an empty response says that we have nothing to add.
    answer = Answer(
        ok=200,
        refused=403,
        body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>',
        media_type="text/xml",
    )
    max_bytes = 256 * 1024

    def verify(self, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:  # noqa: ARG002 - no time in it
        """Whether Twilio signed this, in the way that the connection is configured for."""
        keys, algorithm = _keys(posted, connection)
        seal = posted.headers.get(SIGNATURE_HEADER)
        if _is_json(posted):
            return any(signatures.twilio_json(posted.url, posted.body, seal, key, algorithm) for key in keys)
        try:
            fields = signatures.form_fields(posted.body)
        except ValueError:
            return False
        return any(signatures.twilio_form(posted.url, fields, seal, key, algorithm) for key in keys)

    def parse(self, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent]:  # noqa: ARG002 - says it all itself
        """One status, or one message from a customer."""
        if _is_json(posted):
            # Event Streams, if somebody has pointed one here: status callbacks say the same.
            return [_unknown(posted, "json")]
        fields = {name: storable(value) for name, value in reversed(signatures.form_fields(posted.body))}
        if "MessageStatus" in fields:
            return _receipts(posted, fields)
        if "Body" in fields and fields.get("From"):
            return [_said(posted, fields)]
        return [_unknown(posted, fields.get("SmsStatus") or "unknown")]


def _keys(posted: Posted, connection: ConnectionConfig) -> tuple[list[str], TwilioAlgorithm]:
    """The keys that may have signed, and how; our configuration decides, a header can only disagree with it."""
    given = _signature_settings(posted.headers.get(SETTINGS_HEADER, ""))
    expected = connection.settings.get("webhook_key_id")
    if expected is not None:
        agrees = given == {"key": expected, "algorithm": "HMAC_SHA256"}
        shared = connection.secrets.get("webhook_key_secret")
        return ([shared] if agrees and shared else []), "HMAC_SHA256"
    if given.get("algorithm", "HMAC_SHA1") != "HMAC_SHA1":
        return [], "HMAC_SHA1"
    tokens = [connection.secrets.get(name) for name in ("auth_token", "previous_auth_token")]
    return [token for token in tokens if token], "HMAC_SHA1"


def _signature_settings(header: str) -> dict[str, str]:
    """`key=…,algorithm=…`, taken apart."""
    pairs = [part.partition("=") for part in header.split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def _is_json(posted: Posted) -> bool:
    return posted.headers.get("content-type", "").strip().lower().startswith("application/json")


def _receipts(posted: Posted, fields: Mapping[str, str]) -> list[ProviderEvent]:
    word = fields["MessageStatus"].strip().lower()[:40]
    sid = (fields.get("MessageSid") or fields.get("SmsSid") or "")[:_LONGEST_ID]
    code = fields.get("ErrorCode", "").strip()[:20]
    status = _STATUSES.get(word)
    if status is None or not sid:
        return [_unknown(posted, word)]
    meanings = _FAILURES.get(code, (status,)) if status == "failed" else (status,)
    said = _REASONS.get(code) or reason(fields.get("ErrorMessage", ""), fields.get("To", ""))
    detail = {name: value for name, value in (("code", code), ("reason", said)) if value}
    return [
        ProviderEvent(
            key=f"{sid}:{word}" if place == 0 else f"{sid}:{word}:{meaning}",
            kind="receipt",
            provider_status=word,
            status=meaning,
            attempt_id=_attempt(posted.url),
            provider_message_id=sid,
            detail=detail,
        )
        for place, meaning in enumerate(meanings)
    ]


def _attempt(url: str) -> str | None:
    for name, value in parse_qsl(url.partition("?")[2].partition("#")[0]):
        if name == ATTEMPT_PARAMETER:
            return storable(value)[:_LONGEST_ID]
    return None


def _said(posted: Posted, fields: Mapping[str, str]) -> ProviderEvent:
    sid = (fields.get("MessageSid") or fields.get("SmsSid") or "")[:_LONGEST_ID]
    return ProviderEvent(
        key=f"{sid}:inbound" if sid else _digest(posted),
        kind=_intent(fields),
        provider_status="received",
        provider_message_id=sid or None,
        detail={"opt_out_type": fields["OptOutType"][:20]} if "OptOutType" in fields else {},
        address=fields["From"][:_LONGEST_ID],
        text=fields["Body"][:_LONGEST_TEXT],
    )


def _intent(fields: Mapping[str, str]) -> EventKind:
    """What the customer wants. With Advanced Opt-Out Twilio says it; else the whole message must be the word."""
    named = fields.get("OptOutType", "").strip().lower()
    word = named or fields["Body"].strip().casefold()
    if word in _STOP_WORDS:
        return "opt_out"
    return "opt_in" if word in _START_WORDS else "reply"


def _unknown(posted: Posted, word: str) -> ProviderEvent:
    """Signed by Twilio, and of no use to us: kept, nothing follows."""
    return ProviderEvent(_digest(posted), "ignored", storable(word)[:40])


def _digest(posted: Posted) -> str:
    return hashlib.sha256(posted.url.encode("utf-8", "replace") + b"\n" + posted.body).hexdigest()
