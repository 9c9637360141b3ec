"""Twilio's Messages interface on this machine: checks what it is sent, keeps it, and calls back signed."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from tests.doubles.poster import Post, post
from tests.doubles.wire import HttpDouble, Reply, Request
from tidings.kit.clock import SystemClock
from tidings.kit.ids import new_id

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_LONGEST_BODY = 1600


@dataclass(slots=True)
class Text:
    """A message that Twilio took."""

    sid: str
    to: str
    sender: str
    body: str
    status_callback: str
    created: str
    traceparent: str | None
    status: str = "queued"


class TwilioDouble(HttpDouble):
    """`account_sid` and `auth_token` are what a connection needs; `received` is what was taken."""

    account_sid = "AC" + "0" * 31 + "1"
    auth_token = "2c8f5f0d1e6b4a3f9d7e8c1b0a594837"

    def __init__(
        self, *, numbers: Sequence[str] = ("+15005550006",), reports: Sequence[str] = (), call_back: Post = post
    ) -> None:
        """A double with these numbers to send from.

        Args:
            numbers: what may stand in `From`.
            reports: statuses that are called back for every message before its send is answered: receipts that
                overtake our own commit.
            call_back: how callbacks are posted.
        """
        super().__init__()
        self._numbers = numbers
        self._reports = reports
        self._post = call_back
        # Refused with this code: {"+49…": 21610}.
        self.refuses: dict[str, int] = {}
        self.received: list[Text] = []

    @property
    def settings(self) -> dict[str, str]:
        """A connection's settings for this double."""
        return {"base_url": self.base_url, "account_sid": self.account_sid, "from": self._numbers[0]}

    @property
    def secrets(self) -> dict[str, str]:
        """A connection's secrets for this double."""
        return {"auth_token": self.auth_token}

    async def respond(self, request: Request) -> Reply:
        """Messages are taken or listed."""
        if not self._is_authorised(request):
            return _error(401, 20003, "Authenticate")
        if request.path != f"/2010-04-01/Accounts/{self.account_sid}/Messages.json":
            return _error(404, 20404, f"The requested resource {request.path} was not found")
        if request.method == "GET":
            return self._list(request)
        text = self._taken(request)
        if isinstance(text, Reply):
            return text
        for status in self._reports:
            await self.report(text, status)
        return Reply.of_json(201, _resource(text) | {"status": "queued"})

    def _is_authorised(self, request: Request) -> bool:
        pair = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {pair}"

    def _taken(self, request: Request) -> Text | Reply:
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            return _error(400, 21603, "A 'From' phone number is required.")
        fields = request.form()
        refusal = self._refusal(fields)
        if refusal is not None:
            return refusal
        text = Text(
            sid=f"SM{new_id().hex}",
            to=fields["To"],
            sender=fields.get("From") or fields["MessagingServiceSid"],
            body=fields["Body"],
            status_callback=fields.get("StatusCallback", ""),
            created=f"{SystemClock().now():%a, %d %b %Y %H:%M:%S +0000}",
            traceparent=request.headers.get("traceparent"),
        )
        self.received.append(text)
        return text

    def _refusal(self, fields: Mapping[str, str]) -> Reply | None:
        to, sender, body = fields.get("To", ""), fields.get("From"), fields.get("Body", "")
        service = fields.get("MessagingServiceSid")
        wrong = {
            (21211, f"Invalid 'To' Phone Number: {to}"): not _NUMBER.fullmatch(to),
            (self.refuses.get(to, 0), f"Refused: {to}"): to in self.refuses,
            (21603, "A 'From' phone number is required."): sender is None and service is None,
            (21606, f"The From phone number {sender} is not SMS-capable"): sender not in {None, *self._numbers},
            (21602, "Message body is required."): not body,
            (21617, "The concatenated message body exceeds the 1600 character limit."): len(body) > _LONGEST_BODY,
            (21623, "ValidityPeriod is out of range"): not 1 <= int(fields.get("ValidityPeriod", "36000")) <= 36_000,
        }
        faults = [fault for fault, is_wrong in wrong.items() if is_wrong]
        return _error(400, *faults[0]) if faults else None

    def _list(self, request: Request) -> Reply:
        wanted = request.query.get("To")
        found = [text for text in reversed(self.received) if wanted in {None, text.to}]
        size = int(request.query.get("PageSize", "50"))
        more = f"{request.path}?Page=1" if len(found) > size else None
        return Reply.of_json(200, {"messages": [_resource(text) for text in found[:size]], "next_page_uri": more})

    def is_scripted(self, request: Request) -> bool:
        """Turns are for sends; the list always answers."""
        return request.method == "POST"

    async def report(self, text: Text, status: str, error_code: int | None = None) -> int:
        """Call back with a status; the answer's status code."""
        text.status = status
        fields = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "From": text.sender,
            "MessageSid": text.sid,
            "MessageStatus": status,
            "SmsSid": text.sid,
            "SmsStatus": status,
            "To": text.to,
        }
        if error_code is not None:
            fields["ErrorCode"] = str(error_code)
        return await self._call(text.status_callback, fields)

    async def reply(self, url: str, sender: str, body: str, **more: str) -> int:
        """A customer texts: posted to the address that the number's inbound webhook has."""
        sid = f"SM{new_id().hex}"
        fields = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "Body": body,
            "From": sender,
            "MessageSid": sid,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": self._numbers[0],
            **more,
        }
        return await self._call(url, fields)

    async def _call(self, url: str, fields: Mapping[str, str]) -> int:
        headers, body = self.signed(url, fields)
        return await self._post(url, headers, body)

    def signed(self, url: str, fields: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
        """A callback as Twilio would post it: headers and body; signed by Twilio's own package."""
        signature = RequestValidator(self.auth_token).compute_signature(url, dict(fields))
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
        return headers, urlencode(fields).encode()


def _resource(text: Text) -> dict[str, object]:
    return {
        "sid": text.sid,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "status": text.status,
        "direction": "outbound-api",
        "date_created": text.created,
        "error_code": None,
        "num_segments": "1",
    }


def _error(status: int, code: int, message: str) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Reply.of_json(status, {"code": code, "message": message, "more_info": more, "status": status})
