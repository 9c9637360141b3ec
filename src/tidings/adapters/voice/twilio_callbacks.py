"""What Twilio posts of a call: that it rings, that somebody answered, and how it ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from tidings.adapters.dates import written_date
from tidings.adapters.twilio.callbacks import (
    ANSWER,
    LONGEST_ID,
    MAX_BYTES,
    attempt_in,
    fields_of,
    is_json,
    unknown,
    verified,
)
from tidings.callbacks.ports import Posted, ProviderEvent, ReceiptStatus
from tidings.delivery.ports import ConnectionConfig

_STATUSES: Mapping[str, ReceiptStatus] = {
    "queued": "accepted",
    "initiated": "accepted",
    "ringing": "accepted",  # it may ring in vain
    "in-progress": "sent",  # somebody or something has answered
    "completed": "delivered",  # said otherwise below, if a machine answered
    "busy": "failed",
    "no-answer": "failed",
    "failed": "failed",
    "canceled": "failed",
}

# Of a failed call: these say that there is no such number. Any other may be different tomorrow.
_NO_SUCH_NUMBER: Final = frozenset({"404", "410", "484", "604"})

# Who answered, where detection ran: nobody knows whether the customer will ever hear what a machine heard.
_MACHINES: Final = frozenset({"machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax"})

# Who hangs up sooner has not heard what it is about.
_SHORTEST_SECONDS: Final = 5

_REASONS: Mapping[str, str] = {
    "busy": "the line was busy",
    "no-answer": "nobody picked up",
    "failed": "the call could not be put through",
    "canceled": "the call was taken back before anybody answered",
    "fax": "a fax machine answered",
}


class TwilioVoiceReader:
    """Reads what becomes of calls."""

    answer = ANSWER
    max_bytes = MAX_BYTES

    def verify(self, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:  # noqa: ARG002 - no time in it
        """Whether Twilio signed this, in the way that the connection is configured for."""
        return verified(posted, connection)

    def parse(self, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent]:  # noqa: ARG002 - says it all itself
        """One step of one call; calls that come in from customers are no affair of ours."""
        if is_json(posted):
            return [unknown(posted, "json")]
        fields = fields_of(posted)
        word = fields.get("CallStatus", "").strip().lower()[:40]
        sid = fields.get("CallSid", "")[:LONGEST_ID]
        status = _STATUSES.get(word)
        if status is None or not sid or fields.get("Direction", "").strip().lower() == "inbound":
            return [unknown(posted, word or "unknown")]
        return [_receipt(posted, fields, word, status)]


def _receipt(posted: Posted, fields: Mapping[str, str], word: str, status: ReceiptStatus) -> ProviderEvent:
    sid = fields["CallSid"][:LONGEST_ID]
    answered_by = fields.get("AnsweredBy", "").strip().lower()[:40]
    code = fields.get("SipResponseCode", "").strip()[:20]
    meaning, said = _meaning(fields, word, status)
    detail = {"code": code, "reason": said, "answered_by": answered_by} if meaning in {"failed", "bounced"} else {}
    return ProviderEvent(
        # Twilio numbers what it posts of a call; a repeat has the same number.
        key=f"{sid}:{fields.get('SequenceNumber', '').strip()[:20]}:{word}",
        kind="receipt",
        # Who answered is told apart in Twilio's own word.
        provider_status=f"{word} ({answered_by})" if answered_by else word,
        status=meaning,
        attempt_id=attempt_in(posted.url),
        provider_message_id=sid,
        at=written_date(fields.get("Timestamp", "")),
        detail={name: value for name, value in detail.items() if value},
    )


def _meaning(fields: Mapping[str, str], word: str, status: ReceiptStatus) -> tuple[ReceiptStatus, str]:
    if word == "failed" and fields.get("SipResponseCode", "").strip() in _NO_SUCH_NUMBER:
        return "bounced", "there is no such number"
    if word != "completed":
        return status, _REASONS.get(word, "")
    answered_by = fields.get("AnsweredBy", "").strip().lower()
    if answered_by in _MACHINES:
        return "failed", _REASONS.get(answered_by, "a machine answered; no person has heard it")
    seconds = fields.get("CallDuration", "").strip()
    if seconds.isascii() and seconds.isdigit() and int(seconds[:9]) < _SHORTEST_SECONDS:
        return "failed", f"hung up after {int(seconds)} s"
    return status, ""
