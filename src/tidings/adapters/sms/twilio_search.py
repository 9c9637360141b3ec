"""Asking Twilio what became of an attempt, when the answer to its send was lost."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tidings.adapters.dates import written_date
from tidings.adapters.http import HttpRequest, HttpResponse
from tidings.adapters.sms.twilio_account import TwilioSecrets, TwilioSettings, messages_url
from tidings.adapters.twilio.account import authorised
from tidings.adapters.wording import storable
from tidings.delivery.ports import Accepted, Found, NotThere, Outgoing, Uncertain
from tidings.kit.ids import parse

# What the attempt's own clock and Twilio's may differ by.
_CLOCKS_APART = timedelta(minutes=2)
# The newest so many are asked for. Twilio lists all that ever went to the number, and a long text in Cyrillic letters
# takes ten thousand bytes: of two hundred of a regular customer's, the answer would be cut off, and tell nothing.
_NEWEST = 20
# These never reached the customer: sending again doubles nothing.
_CAME_TO_NOTHING = frozenset({"failed", "undelivered", "canceled"})


def question(settings: TwilioSettings, secrets: TwilioSecrets, outgoing: Outgoing) -> HttpRequest:
    """The call that lists what went to this number, newest first.

    Not confined by `DateSent`: what is still queued has none, and it is what matters most.
    """
    query = urlencode({"To": outgoing.to, "PageSize": str(_NEWEST)})
    return HttpRequest("GET", f"{messages_url(settings)}?{query}", authorised(settings, secrets))


def found(answer: HttpResponse, outgoing: Outgoing) -> Found:
    """Whether the list of what went to this number holds this attempt."""
    body = answer.json()
    page: Mapping[str, Any] = body if isinstance(body, dict) else {}
    messages = page.get("messages")
    if answer.status != 200 or not isinstance(messages, list):  # noqa: PLR2004 - anything else is no list
        return Uncertain(f"Twilio answered {answer.status} when asked", str(answer.status))
    since = _started(outgoing.attempt_id) - _CLOCKS_APART
    recent = [each for each in messages if isinstance(each, dict) and _is_recent(each, since)]
    for message in recent:
        if _is_this(message, outgoing):
            return Accepted(storable(str(message.get("sid")))[:100])
    if len(recent) == len(messages) and page.get("next_page_uri"):
        return Uncertain("too many messages to this number to tell")
    return NotThere()


def _is_this(message: Mapping[str, Any], outgoing: Outgoing) -> bool:
    is_ours = str(message.get("direction", "outbound")).startswith("outbound")
    # Trial accounts put a sentence before the text.
    says_it = str(message.get("body", "")).strip().endswith(outgoing.content.text.strip())
    return is_ours and says_it and message.get("status") not in _CAME_TO_NOTHING


def _started(attempt_id: str) -> datetime:
    """When the attempt was written; its id says so."""
    value = parse("att", attempt_id)
    return datetime.fromtimestamp(0 if value is None else (value.int >> 80) / 1000, UTC)


def _is_recent(message: Mapping[str, Any], since: datetime) -> bool:
    """Whether it may have been made since then; of when it does not say, that counts."""
    created = written_date(str(message.get("date_created")))
    return created is None or created >= since
