"""What Twilio's answers mean, whatever was asked of it; each product brings its own codes beside the common ones."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, assert_never

from tidings.adapters.http import HttpResponse
from tidings.adapters.retry_after import retry_after
from tidings.adapters.wording import reason, storable
from tidings.delivery.ports import Accepted, Misconfigured, Outcome, Outgoing, Permanent, Throttled, Uncertain

Meaning = Literal["bounce", "refused", "opt_out", "slower", "broken", "unknown"]

# Codes that any product answers with, and why we take them so.
COMMON: Final[Mapping[int, Meaning]] = {
    20003: "broken",  # credentials
    20404: "broken",  # no such account at this address
    20429: "slower",  # says itself: not processed, safe to repeat
    20500: "unknown",
    21609: "broken",  # where it is to call back is no address to it: our public URL
}

# Where there is no code, or one that is not in the table.
_STATUSES: Mapping[int, Meaning] = {400: "refused", 401: "broken", 403: "broken", 404: "broken", 405: "broken",
                                    408: "unknown", 429: "slower"}  # fmt: skip

_LONGEST_SID = 100


def classify(answer: HttpResponse, outgoing: Outgoing, now: datetime, codes: Mapping[int, Meaning]) -> Outcome:
    """What Twilio's answer to a send means for the message.

    Args:
        answer: Twilio's.
        outgoing: what was sent.
        now: the present instant.
        codes: the product's, the common ones among them.
    """
    parsed = answer.json()
    body: Mapping[str, Any] = parsed if isinstance(parsed, dict) else {}
    if answer.status // 100 == 2:  # noqa: PLR2004 - a family of statuses
        sid = body.get("sid")
        # Taken only if Twilio itself says so, with an id: a proxy's page may come with a 200 as well.
        if isinstance(sid, str) and sid:
            return Accepted(storable(sid)[:_LONGEST_SID])
        return Uncertain("Twilio's answer makes no sense", "garbled")
    code = body.get("code")
    known = code if isinstance(code, int) and code in codes else None
    meaning = codes[known] if known is not None else _by_status(answer.status)
    said = reason(str(body.get("message") or ""), outgoing.to) or f"Twilio answered {answer.status}"
    return _outcome(meaning, said, storable(str(code or answer.status))[:20], retry_after(answer.headers, now))


def _outcome(meaning: Meaning, said: str, code: str, wait: timedelta | None) -> Outcome:
    match meaning:
        case "bounce":
            return Permanent(said, code, suppress="hard_bounce")
        case "opt_out":
            return Permanent(said, code, suppress="opt_out")
        case "slower":
            return Throttled(said, code, wait)
        case "refused" | "broken" | "unknown":
            return _PLAIN[meaning](said, code)
        case _:
            assert_never(meaning)


_PLAIN: Mapping[Meaning, type[Permanent | Misconfigured | Uncertain]] = {
    "refused": Permanent,
    "broken": Misconfigured,
    "unknown": Uncertain,
}


def _by_status(status: int) -> Meaning:
    """A server error may have come after it was taken; a redirect means a wrong `base_url`."""
    families: Mapping[int, Meaning] = {3: "broken", 4: "refused", 5: "unknown"}
    return _STATUSES.get(status) or families.get(status // 100, "unknown")
