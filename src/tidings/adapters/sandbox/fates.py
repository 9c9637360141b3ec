"""What becomes of a message in the sandbox: reserved recipients force each outcome, anybody else simply gets it.

The words of the sandbox's callbacks are its own, as every provider's are; `wire.py` says what they mean in ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from tidings.delivery.ports import Channel, Permanent, Throttled

Word = Literal[
    "accepted",
    "sent",
    "ringing",
    "delivered",
    "answered",
    "soft_bounce",
    "expired",
    "undelivered",
    "busy",
    "no_answer",
    "voicemail",
    "hard_bounce",
    "spam_report",
    "reply",
    "opt_out",
    "opt_in",
]
WORDS: tuple[Word, ...] = get_args(Word)
CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True)
class Step:
    """One callback to come: posted one beat after the step before it, or after the long wait."""

    word: Word
    code: str | None = None
    reason: str | None = None
    after: Literal["beat", "long"] = "beat"


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a message: refused at once, or so many times throttled and then these callbacks."""

    # For people, on the inbox page and in the manual.
    about: str
    steps: tuple[Step, ...] = ()
    refusal: Permanent | None = None
    throttles: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly callbacks follow one another."""

    beat: timedelta
    long: timedelta


@dataclass(frozen=True, slots=True)
class Due:
    """A callback and when it is to be posted."""

    word: Word
    at: datetime
    code: str | None = None
    reason: str | None = None


# How often a throttled recipient is refused before the sandbox takes the message.
THROTTLES = 2
THROTTLE_WAIT = timedelta(seconds=1)

_TAKEN = (Step("accepted"), Step("sent"))
_CALLED = (Step("accepted"), Step("ringing"))
_DELIVERED = Fate("delivered", (*_TAKEN, Step("delivered")))
_ANSWERED = Fate("answered", (*_CALLED, Step("answered")))
_SLOW = Fate("delivered after a while", (*_TAKEN, Step("delivered", after="long")))
_SILENT = Fate("accepted, and never heard of again")

_EMAIL: Mapping[str, Fate] = {
    "delivered": _DELIVERED,
    "bounce": Fate("bounces for good", (*_TAKEN, Step("hard_bounce", "5.1.1", "There is no such mailbox"))),
    "soft-bounce": Fate(
        "deferred, then given up; the address stays good",
        (
            *_TAKEN,
            Step("soft_bounce", "4.2.2", "The mailbox is full; the sandbox tries again"),
            Step("expired", "4.4.7", "The mailbox was still full at the last try"),
        ),
    ),
    "complaint": Fate(
        "delivered, then called spam",
        (*_TAKEN, Step("delivered"), Step("spam_report", "abuse", "Marked as spam by its reader")),
    ),
    "slow": _SLOW,
}

_SMS: Mapping[str, Fate] = {
    "+15005550101": _DELIVERED,
    "+15005550102": Fate(
        "not delivered", (*_TAKEN, Step("undelivered", "undeliverable", "The network could not deliver it"))
    ),
    "+15005550103": Fate(
        "refused at once, for good",
        # Suppresses nothing, or the number could force its outcome only once.
        refusal=Permanent("This number cannot be reached", code="unreachable_number"),
    ),
    "+15005550104": Fate("throttled at first, then delivered", _DELIVERED.steps, throttles=THROTTLES),
    "+15005550105": _SILENT,
}

_VOICE: Mapping[str, Fate] = {
    "+15005550101": _ANSWERED,
    "+15005550102": Fate(
        "not put through", (*_CALLED, Step("undelivered", "call_failed", "The call did not go through"))
    ),
    "+15005550103": _SMS["+15005550103"],
    "+15005550104": Fate("throttled at first, then answered", _ANSWERED.steps, throttles=THROTTLES),
    "+15005550105": _SILENT,
    "+15005550106": Fate("busy", (*_CALLED, Step("busy", "busy", "The line was busy"))),
    "+15005550107": Fate("no answer", (*_CALLED, Step("no_answer", "no_answer", "Nobody picked up"))),
    "+15005550108": Fate(
        "a machine answers", (*_CALLED, Step("voicemail", "machine", "A machine answered; no person has heard it"))
    ),
}

_PUSH: Mapping[str, Fate] = {
    "sandbox-delivered": _DELIVERED,
    "sandbox-undelivered": Fate(
        "not delivered", (*_TAKEN, Step("undelivered", "device_offline", "The device did not come online"))
    ),
    "sandbox-unregistered": Fate(
        "refused at once: the app is gone from the device",
        refusal=Permanent("The app is no longer on this device", code="unregistered", suppress="hard_bounce"),
    ),
    "sandbox-throttled": Fate("throttled at first, then delivered", _DELIVERED.steps, throttles=THROTTLES),
    "sandbox-silent": _SILENT,
    "sandbox-slow": _SLOW,
}

RESERVED: Mapping[Channel, Mapping[str, Fate]] = {"email": _EMAIL, "sms": _SMS, "voice": _VOICE, "push": _PUSH}
RESERVED_DOMAIN = "sandbox.test"


def fate_of(channel: Channel, recipient: str) -> Fate:
    """What becomes of a message to this recipient; one that is not reserved gets it."""
    anybody = _ANSWERED if channel == "voice" else _DELIVERED
    return RESERVED[channel].get(_reserved_name(channel, recipient), anybody)


def _reserved_name(channel: Channel, recipient: str) -> str:
    """The name in the table: `bounce+order-7@Sandbox.test` is `bounce`, `sandbox-slow:phone-2` is `sandbox-slow`."""
    if channel == "email":
        mailbox, _, domain = recipient.strip().lower().rpartition("@")
        return mailbox.partition("+")[0] if domain == RESERVED_DOMAIN else ""
    return recipient.partition(":")[0] if channel == "push" else recipient


def answer_to_send(fate: Fate, throttled_before: int) -> Permanent | Throttled | None:
    """The refusal of this try, or None when the sandbox takes the message.

    Args:
        fate: what becomes of the message.
        throttled_before: how often this message has been throttled already, over all its attempts.
    """
    if fate.refusal is not None:
        return fate.refusal
    if throttled_before < fate.throttles:
        return Throttled(
            "The sandbox plays an overloaded provider", code="too_many_requests", retry_after=THROTTLE_WAIT
        )
    return None


def schedule(steps: Sequence[Step], start: datetime, pace: Pace) -> list[Due]:
    """When each callback is due, one after the other."""
    dues, at = [], start
    for step in steps:
        at += pace.beat if step.after == "beat" else pace.long
        dues.append(Due(step.word, at, step.code, step.reason))
    return dues


# Said alone, whatever the case, they mean that the customer wants no more, or wants them again.
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
START_WORDS = frozenset({"start", "unstop"})


def reply_word(text: str) -> Word:
    """What a reply amounts to: an opt-out, an opt-in, or just words."""
    said = text.strip().casefold()
    if said in STOP_WORDS:
        return "opt_out"
    return "opt_in" if said in START_WORDS else "reply"
