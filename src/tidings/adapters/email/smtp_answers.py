"""What an SMTP server's answers mean. Pure: a code and a text in, an outcome out."""

import re
from collections.abc import Callable
from typing import Literal

from tidings.adapters.wording import reason
from tidings.delivery.ports import Misconfigured, Outcome, Permanent, Throttled, Transient, Uncertain

# Where in the conversation the answer came: `start` to DATA's question whether the text may come, `data` to the text.
Stage = Literal["connect", "auth", "sender", "recipient", "start", "data"]

Meaning = Literal["bounce", "refused", "full", "later", "slower", "broken"]

# Enhanced codes (RFC 3463) without their first digit; they say more than the three digits and go first.
# The longest that fits counts: "1.7" before "1".
_PERMANENT: dict[str, Meaning] = {
    "1": "bounce",  # something about the address …
    "1.7": "broken",  # … of the sender: syntax
    "1.8": "broken",  # … of the sender: its domain does not exist
    "2.0": "refused",  # the mailbox, unspecified: not enough to condemn an address
    "2.1": "bounce",  # the mailbox is disabled
    "2.2": "full",  # the mailbox is full: people come back from holidays
    "2.3": "refused",  # the message is too long for this mailbox
    "2.4": "refused",  # a mailing list does not expand
    "3": "refused",  # the receiving system; 3.4: too big for it
    "4": "refused",  # network and routing; 4.7: expired on its way
    "4.1": "bounce",  # Microsoft's words for "no such recipient"
    "4.4": "bounce",  # the domain takes no mail
    "5": "broken",  # protocol: we and the relay do not understand each other
    "6": "refused",  # content or conversion
    "7": "refused",  # policy or spam: the message is to blame, or we are; never the address
    "7.0": "refused",
    "7.8": "broken",  # credentials
    "7.9": "broken",
    "7.14": "broken",
}

# Without an enhanced code the three digits must do, and mean different things at different moments.
_PERMANENT_CODES: dict[tuple[int, Stage], Meaning] = {
    (550, "recipient"): "bounce",
    (551, "recipient"): "bounce",
    (553, "recipient"): "bounce",
    (552, "recipient"): "full",
    (500, "recipient"): "broken",
    (501, "recipient"): "broken",
    (502, "recipient"): "broken",
    (503, "recipient"): "broken",
    (530, "recipient"): "broken",
    (535, "recipient"): "broken",
    (503, "start"): "broken",
    (530, "start"): "broken",
    (503, "data"): "broken",
    (530, "data"): "broken",
}

# 421: closing down; 454: SES and others throttle with it; 4.7.x: greylisting and rate limits.
_SLOW_CODES = frozenset({421, 454})

# Of MAIL, which tells the size (RFC 1870); not every server says 5.3.4 with it.
_TOO_BIG = 552

_OUTCOMES: dict[Meaning, Callable[[str, str], Outcome]] = {
    "bounce": lambda said, code: Permanent(said, code, suppress="hard_bounce"),
    "refused": Permanent,
    "full": Transient,
    "later": Transient,
    "slower": Throttled,
    "broken": Misconfigured,
}

_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3}\.\d{1,3})(?!\d)")


def classify(code: int, text: str, stage: Stage, recipient: str) -> Outcome:
    """What an answer other than success means for the message."""
    enhanced = _enhanced(code, text)
    said = reason(text, recipient) or "no explanation"
    meaning = _meaning(code, enhanced, stage)
    if meaning is not None:
        return _OUTCOMES[meaning](said, enhanced or str(code))
    # Not an answer of SMTP at all. Until the text was handed over, nothing can have been sent.
    garbled = "the server's answer is not SMTP"
    return Uncertain(garbled) if stage == "data" else Transient(garbled)


def blames_address(status: str) -> bool:
    """Whether a final failure with this enhanced code means that the address itself does not work."""
    family, _, detail = status.partition(".")
    return family == "5" and (detail.startswith("0.") or _looked_up(detail) == "bounce")


def _meaning(code: int, enhanced: str, stage: Stage) -> Meaning | None:
    match code // 100:
        case 4:
            return "slower" if code in _SLOW_CODES or enhanced.startswith("4.7.") else "later"
        case 5 if stage in {"connect", "auth"}:
            return "broken"
        case 5 if stage == "sender" and code != _TOO_BIG and not enhanced.startswith("5.3."):
            # The relay does not let this account write as this sender; too big is still the message's own fault.
            return "broken"
        case 5:
            return _looked_up(enhanced[2:]) if enhanced else _PERMANENT_CODES.get((code, stage), "refused")
        case _:
            return None


def _looked_up(detail: str) -> Meaning:
    return _PERMANENT.get(detail) or _PERMANENT.get(detail.partition(".")[0], "refused")


def _enhanced(code: int, text: str) -> str:
    """`5.1.1` at the head of the text, if its class is that of the code and it says anything at all."""
    found = _ENHANCED.match(text)
    says_more = found is not None and found[1] == str(code)[:1] and found[2] != "0.0"
    return f"{found[1]}.{found[2]}" if found is not None and says_more else ""
