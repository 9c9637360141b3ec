"""Text messages through Twilio Programmable Messaging."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tidings.adapters.form import quoted
from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse, trace_header
from tidings.adapters.provider import Provider, Tools
from tidings.adapters.sms.twilio_account import TwilioAccount, TwilioSecrets, TwilioSettings
from tidings.adapters.sms.twilio_callbacks import TwilioReader
from tidings.adapters.sms.twilio_search import found, question
from tidings.adapters.twilio import answers
from tidings.adapters.twilio.answers import Meaning
from tidings.adapters.twilio.callbacks import callback_address
from tidings.delivery.ports import ConnectionConfig, Found, Outcome, Outgoing, Sender, Uncertain
from tidings.kit.clock import Clock

# Twilio's own codes in a refused request, and why we take them so.
_CODES: Mapping[int, Meaning] = {
    **answers.COMMON,
    14107: "slower",  # rate
    21211: "bounce",  # not a phone number
    21212: "broken",  # the sender is none
    21265: "bounce",
    21408: "broken",  # the region is not enabled for the account
    21601: "broken",  # the sender cannot send
    21602: "refused",  # no text
    21603: "broken",  # no sender
    21604: "bounce",  # no recipient
    21606: "broken",  # the sender is not ours, or cannot send
    21608: "broken",  # trial account
    21610: "opt_out",  # the recipient replied STOP to this sender
    21611: "slower",  # the sender's queue is full
    21612: "refused",  # no route from this sender to that number
    21614: "bounce",  # not a mobile number
    21617: "refused",  # over 1600 letters
    21635: "bounce",  # a landline
    21659: "broken",  # the sender is not a number of the account's
    21660: "broken",  # the sender belongs to another account
    21701: "broken",  # there is no such messaging service
    21703: "broken",  # the messaging service has no numbers
    21705: "broken",  # the messaging service's id is none
    30001: "slower",  # queue overflow
    30002: "broken",  # account suspended
    30032: "broken",  # toll-free number not verified
    30034: "broken",  # number not registered for A2P
}

_LONGEST_VALIDITY = timedelta(seconds=36_000)
_SHORTEST_VALIDITY = timedelta(seconds=1)


def request(account: TwilioAccount, outgoing: Outgoing, now: datetime) -> HttpRequest:
    """The call that sends one message; our attempt's id goes along in the address of its callbacks."""
    validity = min(max(outgoing.valid_until - now, _SHORTEST_VALIDITY), _LONGEST_VALIDITY)
    fields = (
        f"To={quoted(outgoing.to)}",
        f"Body={quoted(outgoing.content.text)}",
        f"StatusCallback={quoted(callback_address(outgoing))}",
        # Stale news is not delivered when the phone is switched on tomorrow.
        f"ValidityPeriod={int(validity.total_seconds())}",
        account.sender,
    )
    headers = account.headers | trace_header(outgoing.trace)
    return HttpRequest("POST", account.url, headers, "&".join(fields).encode())


def classify(answer: HttpResponse, outgoing: Outgoing, now: datetime) -> Outcome:
    """What Twilio's answer to a send means for the message."""
    return answers.classify(answer, outgoing, now, _CODES)


class TwilioSender:
    """One account and its number or service."""

    can_be_asked = True
    # Many carriers never report beyond "sent"; what has not come after three days does not come.
    patience: timedelta | None = timedelta(hours=72)

    def __init__(self, settings: TwilioSettings, secrets: TwilioSecrets, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._account = TwilioAccount.of(settings, secrets)
        self._http = http
        self._clock = clock

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once."""
        answer = await self._http.send(request(self._account, outgoing, self._clock.now()))
        if isinstance(answer, HttpFailure):
            return answer.outcome()
        return classify(answer, outgoing, self._clock.now())

    async def find(self, outgoing: Outgoing) -> Found:
        """Look through what went to this number lately."""
        answer = await self._http.send(question(self._settings, self._secrets, outgoing))
        return Uncertain(answer.reason) if isinstance(answer, HttpFailure) else found(answer, outgoing)

    async def close(self) -> None:
        """The HTTP client is shared."""


def _opened(connection: ConnectionConfig, tools: Tools) -> Sender:
    settings = TwilioSettings.model_validate(connection.settings, context={"allow_insecure": True})
    return TwilioSender(settings, TwilioSecrets.model_validate(connection.secrets), tools.http, tools.clock)


TWILIO = Provider(
    name="twilio",
    channels=("sms",),
    settings=TwilioSettings,
    secrets=TwilioSecrets,
    open=_opened,
    reader=TwilioReader(),
)
