"""Calls through Twilio Programmable Voice: the customer is rung, and a voice reads the message out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse, trace_header
from tidings.adapters.provider import Provider, Tools
from tidings.adapters.twilio import answers
from tidings.adapters.twilio.account import AccountSettings, TwilioSecrets, form_headers, resource_url
from tidings.adapters.twilio.answers import Meaning
from tidings.adapters.twilio.callbacks import callback_address
from tidings.adapters.voice.twilio_callbacks import TwilioVoiceReader
from tidings.adapters.voice.twilio_script import LONGEST_MARKUP, markup
from tidings.delivery.ports import ConnectionConfig, Found, Outcome, Outgoing, Permanent, Sender, Uncertain
from tidings.kit.clock import Clock
from tidings.kit.shape import Shape

# Twilio's own codes in a refused call, and why we take them so.
_CODES: Mapping[int, Meaning] = {
    **answers.COMMON,
    10004: "slower",  # too many calls at once
    13223: "bounce",  # not a phone number
    13224: "bounce",
    13225: "refused",  # the number is blocked
    13227: "broken",  # calls to that country are not allowed to the account
    21201: "bounce",  # no recipient
    21203: "broken",  # calls to other countries are not allowed to the account
    21205: "refused",  # what is to be said makes no sense to Twilio
    21210: "broken",  # the caller's number is not verified
    21211: "bounce",  # not a phone number
    21212: "broken",  # the caller's number is none
    21213: "broken",  # no caller
    21214: "bounce",  # the number cannot be reached
    21215: "broken",  # calls to that country are not allowed to the account
    21216: "refused",  # the number is blocked
    21217: "bounce",  # not a phone number
    21219: "broken",  # trial account
    21220: "refused",
    21221: "refused",
}

# Each step is posted only if it is named, by a field of its own.
_EVENTS = ("initiated", "ringing", "answered", "completed")
# No message takes longer; who leaves the receiver off the hook is not paid for.
_LONGEST_CALL = timedelta(minutes=5)

VoiceName = Annotated[
    str, Field(min_length=1, max_length=64), Shape(r"^[A-Za-z0-9._-]+$", "takes letters, digits, . _ and -")
]
Caller = Annotated[str, Shape(r"^\+[1-9]\d{6,14}$", "is not a phone number with + and the country's code")]


class TwilioVoiceSettings(AccountSettings):
    """The account, the number that calls, and who speaks."""

    caller: Caller = Field(alias="from", description="+15005550006, a number of the account")
    ring_seconds: int = Field(30, ge=5, le=600, description="How long it rings before nobody has answered")
    voices: dict[str, VoiceName] = Field(
        default_factory=dict,
        max_length=50,
        description="Other voices than ours, by language: {'de': 'Polly.Marlene'}",
    )


def request(settings: TwilioVoiceSettings, secrets: TwilioSecrets, outgoing: Outgoing, script: str) -> HttpRequest:
    """The call that makes one call; our attempt's id goes along in the address of its callbacks."""
    fields = [
        ("To", outgoing.to),
        ("From", settings.caller),
        ("Twiml", script),
        ("StatusCallback", callback_address(outgoing)),
        ("StatusCallbackMethod", "POST"),
        *(("StatusCallbackEvent", event) for event in _EVENTS),
        ("Timeout", str(settings.ring_seconds)),
        ("TimeLimit", str(int(_LONGEST_CALL.total_seconds()))),
        # So that a person and an answering machine are told apart.
        ("MachineDetection", "Enable"),
    ]
    headers = form_headers(settings, secrets) | trace_header(outgoing.trace)
    return HttpRequest("POST", resource_url(settings, "Calls"), headers, urlencode(fields).encode())


def classify(answer: HttpResponse, outgoing: Outgoing, now: datetime) -> Outcome:
    """What Twilio's answer to a call means for the message."""
    return answers.classify(answer, outgoing, now, _CODES)


class TwilioVoiceSender:
    """One account and its number.

    It cannot be asked: Twilio lists calls by number and time, but nothing in that list says which of ours a call was,
    and a phone must not ring twice for one message. Of an attempt whose answer was lost, its callbacks tell.
    """

    can_be_asked = False
    # It rings for a minute and is read out in another; behind a queue of calls it takes longer.
    patience: timedelta | None = timedelta(hours=1)

    def __init__(self, settings: TwilioVoiceSettings, secrets: TwilioSecrets, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._http = http
        self._clock = clock

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Call once."""
        script = markup(outgoing, self._settings.voices)
        if len(script) > LONGEST_MARKUP:
            return Permanent("The script is longer than a call may be", "too_long")
        answer = await self._http.send(request(self._settings, self._secrets, outgoing, script))
        if isinstance(answer, HttpFailure):
            return answer.outcome()
        return classify(answer, outgoing, self._clock.now())

    async def find(self, outgoing: Outgoing) -> Found:  # noqa: ARG002 - whatever it was
        """Nobody can say."""
        return Uncertain("Twilio does not say for which message a call was made")

    async def close(self) -> None:
        """The HTTP client is shared."""


def _opened(connection: ConnectionConfig, tools: Tools) -> Sender:
    settings = TwilioVoiceSettings.model_validate(connection.settings, context={"allow_insecure": True})
    return TwilioVoiceSender(settings, TwilioSecrets.model_validate(connection.secrets), tools.http, tools.clock)


TWILIO_VOICE = Provider(
    name="twilio",
    channels=("voice",),
    settings=TwilioVoiceSettings,
    secrets=TwilioSecrets,
    open=_opened,
    reader=TwilioVoiceReader(),
)
