"""What Twilio posts: the status of messages that went out, and what customers text back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tidings.adapters.twilio.callbacks import (
    ANSWER,
    LONGEST_ID,
    MAX_BYTES,
    attempt_in,
    digest,
    fields_of,
    is_json,
    unknown,
    verified,
)
from tidings.adapters.wording import reason
from tidings.callbacks.ports import EventKind, Posted, ProviderEvent, ReceiptStatus
from tidings.delivery.ports import ConnectionConfig

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

# Failures that may have passed a few minutes later: where there is no other way, one more text is worth its price.
_PASSING = frozenset({
    "30001",  # the queue empties
    "30003",  # the phone is switched on again
    "30008",  # nobody knows why; Twilio's own advice
    "30022",  # over the rate
    "30410",  # the carrier was slow
})  # fmt: skip

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

_LONGEST_TEXT = 4000


class TwilioReader:
    """Reads status callbacks and inbound messages."""

    # Twilio has answered STOP itself already.
    answer = ANSWER
    max_bytes = MAX_BYTES

    def verify(self, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:  # noqa: ARG002 - no time in it
        """Whether Twilio signed this, in the way that the connection is configured for."""
        return verified(posted, connection)

    def parse(self, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent]:  # noqa: ARG002 - says it all itself
        """One status, or one message from a customer."""
        if is_json(posted):
            return [unknown(posted, "json")]
        fields = fields_of(posted)
        if "MessageStatus" in fields:
            return _receipts(posted, fields)
        if "Body" in fields and fields.get("From"):
            return [_said(posted, fields)]
        return [unknown(posted, fields.get("SmsStatus") or "unknown")]


def _receipts(posted: Posted, fields: Mapping[str, str]) -> list[ProviderEvent]:
    word = fields["MessageStatus"].strip().lower()[:40]
    sid = (fields.get("MessageSid") or fields.get("SmsSid") or "")[:LONGEST_ID]
    code = fields.get("ErrorCode", "").strip()[:20]
    status = _STATUSES.get(word)
    if status is None or not sid:
        return [unknown(posted, word)]
    meanings = _FAILURES.get(code, (status,)) if status == "failed" else (status,)
    said = _REASONS.get(code) or reason(fields.get("ErrorMessage", ""), fields.get("To", ""))
    detail = {name: value for name, value in (("code", code), ("reason", said)) if value}
    return [
        ProviderEvent(
            key=f"{sid}:{word}" if place == 0 else f"{sid}:{word}:{meaning}",
            kind="receipt",
            provider_status=word,
            status=meaning,
            attempt_id=attempt_in(posted.url),
            provider_message_id=sid,
            detail=detail,
            may_pass=meaning == "failed" and code in _PASSING,
        )
        for place, meaning in enumerate(meanings)
    ]


def _said(posted: Posted, fields: Mapping[str, str]) -> ProviderEvent:
    sid = (fields.get("MessageSid") or fields.get("SmsSid") or "")[:LONGEST_ID]
    return ProviderEvent(
        key=f"{sid}:inbound" if sid else digest(posted),
        kind=_intent(fields),
        provider_status="received",
        provider_message_id=sid or None,
        detail={"opt_out_type": fields["OptOutType"][:20]} if "OptOutType" in fields else {},
        address=fields["From"][:LONGEST_ID],
        text=fields["Body"][:_LONGEST_TEXT],
    )


def _intent(fields: Mapping[str, str]) -> EventKind:
    """What the customer wants. With Advanced Opt-Out Twilio says it; else the whole message must be the word."""
    named = fields.get("OptOutType", "").strip().lower()
    word = named or fields["Body"].strip().casefold()
    if word in _STOP_WORDS:
        return "opt_out"
    return "opt_in" if word in _START_WORDS else "reply"
