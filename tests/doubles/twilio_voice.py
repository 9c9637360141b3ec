"""Twilio's Calls interface on this machine: checks what it is sent, keeps it, and calls back signed."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree as ET

from twilio.request_validator import RequestValidator

from tests.doubles.poster import Post, post
from tests.doubles.wire import HttpDouble, Reply, Request
from tidings.kit.ids import new_id

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_LONGEST_MARKUP = 4000
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
# Which steps of a call are posted under which of the events asked for.
_ASKED_BY = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}


@dataclass(slots=True)
class Ringing:
    """A call that Twilio makes."""

    sid: str
    to: str
    caller: str
    said: str
    language: str
    voice: str
    status_callback: str
    events: Sequence[str]
    detects_machines: bool
    posted: int = field(default=0)


class TwilioVoiceDouble(HttpDouble):
    """`settings` and `secrets` are what a connection needs; `received` is what was called."""

    account_sid = "AC" + "0" * 31 + "1"
    auth_token = "2c8f5f0d1e6b4a3f9d7e8c1b0a594837"

    def __init__(self, *, numbers: Sequence[str] = ("+15005550006",), call_back: Post = post) -> None:
        super().__init__()
        self._numbers = numbers
        self._post = call_back
        self.received: list[Ringing] = []

    @property
    def settings(self) -> dict[str, str]:
        return {"base_url": self.base_url, "account_sid": self.account_sid, "from": self._numbers[0]}

    @property
    def secrets(self) -> dict[str, str]:
        return {"auth_token": self.auth_token}

    async def respond(self, request: Request) -> Reply:
        """Calls are taken."""
        pair = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _error(401, 20003, "Authenticate")
        if request.path != f"/2010-04-01/Accounts/{self.account_sid}/Calls.json" or request.method != "POST":
            return _error(404, 20404, f"The requested resource {request.path} was not found")
        return self._taken(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))

    def _taken(self, pairs: list[tuple[str, str]]) -> Reply:
        fields = dict(pairs)
        refusal = self._refusal(fields)
        if refusal is not None:
            return refusal
        say = ET.fromstring(fields["Twiml"]).find("Say")  # noqa: S314 - our own words
        assert say is not None
        call = Ringing(
            sid=f"CA{new_id().hex}",
            to=fields["To"],
            caller=fields["From"],
            said=say.text or "",
            language=say.attrib["language"],
            voice=say.attrib["voice"],
            status_callback=fields.get("StatusCallback", ""),
            # A list in one field is silently no event at all.
            events=[value for name, value in pairs if name == "StatusCallbackEvent" and value in _EVENTS],
            detects_machines=fields.get("MachineDetection") in {"Enable", "DetectMessageEnd"},
        )
        self.received.append(call)
        return Reply.of_json(201, {"sid": call.sid, "status": "queued", "to": call.to, "direction": "outbound-api"})

    def _refusal(self, fields: dict[str, str]) -> Reply | None:
        to, caller, markup = fields.get("To", ""), fields.get("From", ""), fields.get("Twiml", "")
        wrong = {
            (21201, "No 'To' number specified"): not to,
            (21211, f"Invalid 'To' Phone Number: {to}"): not _NUMBER.fullmatch(to),
            (21210, f"'From' phone number not verified: {caller}"): caller not in self._numbers,
            (21205, "Url or Twiml parameter is required"): not markup or len(markup) > _LONGEST_MARKUP,
            (21220, "Timeout is out of range"): not 1 <= int(fields.get("Timeout", "60")) <= 600,
        }
        faults = [fault for fault, is_wrong in wrong.items() if is_wrong]
        return _error(400, *faults[0]) if faults else None

    async def report(self, call: Ringing, status: str, **more: str) -> int | None:
        """Call back with a step of the call, if it was asked for; the answer's status code."""
        if _ASKED_BY.get(status, "completed") not in (call.events or ("completed",)):
            return None
        headers, body = self.callback(call, status, **more)
        return await self._post(call.status_callback, headers, body)

    def callback(self, call: Ringing, status: str, **more: str) -> tuple[dict[str, str], bytes]:
        """A callback as Twilio would post it."""
        fields = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "CallSid": call.sid,
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "Direction": "outbound-api",
            "From": call.caller,
            "SequenceNumber": str(call.posted),
            "Timestamp": "Mon, 23 Nov 2026 10:00:00 +0000",
            "To": call.to,
            **more,
        }
        call.posted += 1
        return self.signed(call.status_callback, fields)

    def signed(self, url: str, fields: dict[str, str]) -> tuple[dict[str, str], bytes]:
        """Headers and body; signed by Twilio's own package."""
        signature = RequestValidator(self.auth_token).compute_signature(url, fields)
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
        return headers, urlencode(fields).encode()


def _error(status: int, code: int, message: str) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Reply.of_json(status, {"code": code, "message": message, "more_info": more, "status": status})
