"""What the inbox shows: plain values made of rows, and the templates that lay them out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tidings.adapters.email.headers import one_line
from tidings.adapters.sandbox.act import CHANNELS_WITH_REPLIES, REPORTS
from tidings.adapters.sandbox.fates import RESERVED, RESERVED_DOMAIN
from tidings.adapters.sandbox.queries import Letter
from tidings.adapters.sandbox.tables import SandboxCallbackRow, SandboxMessageRow
from tidings.adapters.sandbox.wire import callback_id, provider_message_id
from tidings.kit.ids import wire

TITLES: Mapping[str, str] = {"email": "E-mail", "sms": "SMS", "push": "Push", "voice": "Voice"}
_PREVIEW = 160
# None of those that tell how the mail is to be read.
_HEADER_NAME = re.compile(r"(?!content-|mime-)[a-z][a-z0-9-]*", re.IGNORECASE)

# How each word of the sandbox reads, and whether it is good news.
_LABELS: Mapping[str, tuple[str, str]] = {
    "accepted": ("accepted", "plain"),
    "sent": ("sent", "plain"),
    "ringing": ("ringing", "plain"),
    "delivered": ("delivered", "good"),
    "answered": ("answered", "good"),
    "soft_bounce": ("deferred", "odd"),
    "expired": ("given up", "bad"),
    "undelivered": ("not delivered", "bad"),
    "busy": ("busy", "bad"),
    "no_answer": ("no answer", "bad"),
    "voicemail": ("voicemail", "bad"),
    "hard_bounce": ("bounced", "bad"),
    "spam_report": ("called spam", "bad"),
    "reply": ("reply", "plain"),
    "opt_out": ("opted out", "odd"),
    "opt_in": ("opted in again", "plain"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One callback: what it says, and how far its posting is."""

    id: str
    label: str
    tone: str
    is_posted: bool
    state: str
    explanation: str
    at: datetime
    said: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, as a line of the list and as the head of its own page."""

    id: str
    channel: str
    title: str
    to: str
    heading: str
    preview: str
    at: datetime
    age: str
    answer: str
    reason: str | None
    chips: tuple[Chip, ...]

    @property
    def news(self) -> Chip | None:
        """The last thing that was called back."""
        posted = [chip for chip in self.chips if chip.is_posted]
        return posted[-1] if posted else None


def entry_of(letter: Letter, now: datetime) -> Entry:
    """A message as it is shown."""
    message = letter.message
    words = " ".join(message.text.split())
    return Entry(
        id=wire("att", message.attempt_id),
        channel=message.channel,
        title=TITLES[message.channel],
        to=message.recipient,
        heading=message.subject or shortened(words, _PREVIEW // 2),
        preview=shortened(words, _PREVIEW) if message.subject else "",
        at=message.received_at,
        age=age(message.received_at, now),
        answer=message.answer,
        reason=message.reason,
        chips=tuple(_chip(callback) for callback in letter.callbacks),
    )


def _chip(callback: SandboxCallbackRow) -> Chip:
    label, tone = _LABELS[callback.word]
    facts = (callback.reason, f"code {callback.code}" if callback.code else None)
    return Chip(
        id=callback_id(callback.id),
        label=label,
        tone=tone,
        is_posted=callback.posted_at is not None,
        state=_state(callback),
        explanation=", ".join(fact for fact in facts if fact),
        at=callback.at,
        said=callback.said,
    )


def _state(callback: SandboxCallbackRow) -> str:
    if callback.due_at is None:
        return f"answered {callback.answer}" if callback.posted_at else str(callback.answer)
    if callback.answer is None:
        return "to come"
    return "to be repeated" if callback.posted_at else f"try {callback.tries}: {callback.answer}"


def shortened(text: str, longest: int) -> str:
    """The first words."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def age(at: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits; the day itself when that is long ago."""
    gone = max(now - at, timedelta())
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count = int(gone.total_seconds()) // seconds
        if count:
            return f"{count} {unit} ago"
    return "just now"


def segments_of(message: SandboxMessageRow) -> str | None:
    """`2 segments (GSM-7)`, if whoever rendered it has counted."""
    count, encoding = message.extras.get("segments"), message.extras.get("encoding")
    if not isinstance(count, int):
        return None
    return f"{count} segment{'' if count == 1 else 's'}" + (f" ({encoding})" if isinstance(encoding, str) else "")


def source_of(message: SandboxMessageRow) -> str:
    """An e-mail as its recipient's mail program would show the source."""
    # Written as it is to be read: Python would decode what looks like an encoded word, line breaks and all.
    lines = {
        "To": one_line(message.recipient),
        "Subject": one_line(message.subject or ""),
        "Date": format_datetime(message.received_at),
    }
    headers = message.extras.get("headers")
    taken = {name.lower() for name in lines}
    for name, value in (headers if isinstance(headers, dict) else {}).items():
        if _HEADER_NAME.fullmatch(name) and name.lower() not in taken:
            lines[name] = one_line(str(value))
    return "".join(f"{name}: {value}\n" for name, value in lines.items()) + _parts_of(message)


def _parts_of(message: SandboxMessageRow) -> str:
    mail = EmailMessage(policy=SMTPUTF8)
    mail.set_content(message.text, cte="8bit")
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html", cte="8bit")
    return mail.as_bytes().decode("utf-8", "replace").replace("\r\n", "\n")


def json_of(letter: Letter) -> dict[str, Any]:
    """A message for scripts."""
    message = letter.message
    return {
        "id": wire("att", message.attempt_id),
        "sandbox_message_id": provider_message_id(message.attempt_id),
        "message_id": message.message_id,
        "order_id": message.order_id,
        "mode": message.mode,
        "connection": message.connection,
        "channel": message.channel,
        "to": message.recipient,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "extras": message.extras,
        "locale": message.locale,
        "received_at": message.received_at.isoformat(),
        "answer": message.answer,
        "reason": message.reason,
        "attachments": [
            {
                "name": each.name,
                "media_type": each.media_type,
                "size": each.size,
                "sha256": each.sha256,
                "url": f"/sandbox/{wire('att', message.attempt_id)}/attachments/{each.place}",
            }
            for each in letter.enclosures
        ],
        "callbacks": [_callback_json(callback) for callback in letter.callbacks],
    }


def _callback_json(callback: SandboxCallbackRow) -> dict[str, Any]:
    return {
        "id": callback_id(callback.id),
        "type": callback.word,
        "code": callback.code,
        "reason": callback.reason,
        "text": callback.said,
        "at": callback.at.isoformat(),
        "posted_at": callback.posted_at.isoformat() if callback.posted_at else None,
        "tries": callback.tries,
        "answer": callback.answer,
    }


def reserved() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every recipient that forces an outcome, by channel."""
    return [
        (
            TITLES[channel],
            [(f"{name}@{RESERVED_DOMAIN}" if channel == "email" else name, fate.about) for name, fate in fates.items()],
        )
        for channel, fates in RESERVED.items()
    ]


templates = Environment(
    loader=PackageLoader("tidings.adapters.sandbox", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals |= {"channels": TITLES, "reserved": reserved, "reports": REPORTS, "replies": CHANNELS_WITH_REPLIES}
