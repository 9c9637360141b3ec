"""What mail systems report back: delivery status notifications (RFC 3464) and spam complaints (ARF, RFC 5965).

The MTA that takes mail for the bounce address posts each one, raw, to the connection's callback. Nobody signs mail, so
the seal on the attempt id is the proof: it went out with the mail, in its envelope and in a header, and comes back
somewhere in what is posted. It is looked for before anything is parsed, because taking a mail apart costs time that a
stranger may not spend for us.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import cast

from tidings.adapters.dates import written_date
from tidings.adapters.email.smtp_answers import blames_address
from tidings.adapters.email.verp import opened
from tidings.adapters.wording import reason, storable
from tidings.callbacks.ports import Answer, Posted, ProviderEvent, ReceiptStatus
from tidings.delivery.ports import ConnectionConfig

# What the MTA knows of the recipient, where it hands that over beside the mail (`tidings mail-in` does).
ENVELOPE_HEADER = "tidings-recipient"

# What a report says stands before the mail that it returns; and real ones have a handful of parts.
_READ_BYTES = 256 * 1024
_MOST_BOUNDARIES = 60

# RFC 3464's actions; `failed` depends on the status as well.
_ACTIONS: Mapping[str, ReceiptStatus] = {
    "delivered": "delivered",
    "relayed": "sent",  # into a system that does not report
    "expanded": "sent",  # into a list of addresses
    "delayed": "deferred",
}

_COMPLAINTS: Mapping[str, ReceiptStatus] = {
    "abuse": "complained",
    "fraud": "complained",
    "virus": "complained",
    "opt-out": "opted_out",
    "opt-out-list": "opted_out",
}


class DsnReader:
    """Reads raw mails about mails."""

    answer = Answer(ok=200, refused=403)
    # Reports carry the mail that they are about, sometimes whole.
    max_bytes = 2 * 1024 * 1024

    def verify(self, posted: Posted, connection: ConnectionConfig, now: datetime) -> bool:  # noqa: ARG002 - days later
        """Whether it brings back a seal of ours; bounces may come after days, so their age says nothing."""
        return _attempt_of(posted, connection) is not None

    def parse(self, posted: Posted, connection: ConnectionConfig) -> Sequence[ProviderEvent]:
        """What it reports."""
        attempt_id = _attempt_of(posted, connection)
        if attempt_id is None:
            raise ValueError("not a mail about one of ours")
        mail = _parsed(posted.body[:_READ_BYTES])
        events = [] if mail is None else [*_deliveries(mail, attempt_id), *_complaints(mail, attempt_id)]
        # Holiday notices, answers of people to the bounce address.
        return events or [ProviderEvent(hashlib.sha256(posted.body).hexdigest(), "ignored", "not a report")]


def _attempt_of(posted: Posted, connection: ConnectionConfig) -> str | None:
    keys = [connection.secrets.get("bounce_key"), connection.secrets.get("previous_bounce_key")]
    text = f"{posted.headers.get(ENVELOPE_HEADER, '')}\n{posted.body.decode('latin-1')}"
    return opened(text, [key for key in keys if key])


def _parsed(body: bytes) -> Message | None:
    if body.count(b"\n--") > _MOST_BOUNDARIES:
        return None
    try:
        return message_from_bytes(body)
    except (ValueError, RecursionError):
        return None


def _field(block: Message, name: str) -> str:
    """A field's value without its type: `smtp; 550 5.1.1 no such user`, with or without the space."""
    return storable(str(block.get(name, ""))).strip()


def _untyped(value: str) -> str:
    head, separator, rest = value.partition(";")
    return (rest if separator else head).strip()


def _deliveries(mail: Message, attempt_id: str) -> Iterator[ProviderEvent]:
    for part in mail.walk():
        if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        for block in _blocks(part):
            action = _field(block, "Action").lower()
            if action:
                yield _delivery(block, action, attempt_id)


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields: the first about the report, then one per recipient."""
    payload = part.get_payload()
    for group in cast("list[Message]", payload if isinstance(payload, list) else []):
        yield group
        # Python knows the groups of delivery-status; of the international form it sees the first only.
        rest = group.get_payload()
        if isinstance(rest, str):
            for text in rest.replace("\r\n", "\n").split("\n\n"):
                yield message_from_string(text)


def _delivery(block: Message, action: str, attempt_id: str) -> ProviderEvent:
    status = _field(block, "Status").split(" ")[0][:20]
    if action == "failed":
        meaning: ReceiptStatus | None = "bounced" if blames_address(status) else "failed"
    else:
        meaning = _ACTIONS.get(action)
    recipient = _untyped(_field(block, "Final-Recipient"))
    return ProviderEvent(
        key=f"{attempt_id}:{action[:20]}:{status}",
        kind="receipt" if meaning else "ignored",
        provider_status=f"{action} {status}".strip(),
        status=meaning,
        attempt_id=attempt_id,
        at=written_date(_field(block, "Last-Attempt-Date")),
        detail={"code": status, "reason": reason(_untyped(_field(block, "Diagnostic-Code")), recipient)},
    )


def _complaints(mail: Message, attempt_id: str) -> Iterator[ProviderEvent]:
    for part in mail.walk():
        if part.get_content_type() != "message/feedback-report":
            continue
        for block in _blocks(part):
            kind = _field(block, "Feedback-Type").lower()[:40]
            if not kind:
                continue
            status = _COMPLAINTS.get(kind)
            yield ProviderEvent(
                key=f"{attempt_id}:feedback:{kind}",
                kind="receipt" if status else "ignored",
                provider_status=kind,
                status=status,
                attempt_id=attempt_id,
                at=written_date(_field(block, "Arrival-Date")),
                detail={"reason": reason(_field(block, "User-Agent"))},
            )
