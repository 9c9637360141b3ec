"""SendGrid's v3 mail send on this machine: checks what it is sent, keeps it, and posts signed events."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.doubles.poster import Post, post
from tests.doubles.wire import HttpDouble, Reply, Request
from tidings.kit.clock import SystemClock
from tidings.kit.ids import new_id

_RESERVED_HEADERS = frozenset(
    {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
     "subject", "reply-to", "cc", "bcc"}
)  # fmt: skip


@dataclass(slots=True)
class Mail:
    """A mail that SendGrid took."""

    message_id: str
    to: str
    sender: str
    subject: str
    text: str
    html: str | None
    custom_args: dict[str, str]
    headers: dict[str, str]
    traceparent: str | None
    body: dict[str, Any] = field(repr=False)


class SendGridDouble(HttpDouble):
    """`api_key` and `public_key` are what a connection needs; `received` is what was taken."""

    api_key = "SG.double.0123456789"

    def __init__(self, *, senders: Sequence[str] = ("orders@shop.example",), call_back: Post = post) -> None:
        """A double with these verified senders."""
        super().__init__()
        self._senders = senders
        self._post = call_back
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.received: list[Mail] = []

    @property
    def public_key(self) -> str:
        """As the webhook's settings page would show it."""
        spki = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(spki).decode()

    @property
    def settings(self) -> dict[str, str]:
        """A connection's settings for this double."""
        return {"base_url": self.base_url, "from": f"Tea Shop <{self._senders[0]}>"}

    @property
    def secrets(self) -> dict[str, str]:
        """A connection's secrets for this double."""
        return {"api_key": self.api_key, "webhook_public_key": self.public_key}

    async def respond(self, request: Request) -> Reply:
        """A mail is taken."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        mail = _mail(request.json(), request)
        self.received.append(mail)
        return Reply(202, b"", {"x-message-id": mail.message_id})

    def _refusal(self, request: Request) -> Reply | None:
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return _errors(401, "The provided authorization grant is invalid, expired, or revoked", None)
        if (request.method, request.path) != ("POST", "/v3/mail/send"):
            return _errors(404, "Not Found", None)
        body = request.json()
        fault = _fault(body)
        if fault is not None:
            return _errors(400, *fault)
        if body["from"]["email"] not in self._senders:
            return _errors(403, "The from address does not match a verified Sender Identity.", "from")
        return None

    def event(self, mail: Mail, name: str, **more: Any) -> dict[str, Any]:
        """One event about a mail, as SendGrid would write it."""
        return {
            "email": mail.to,
            "timestamp": int(SystemClock().now().timestamp()),
            "smtp-id": mail.headers.get("Message-ID", ""),
            "event": name,
            "sg_event_id": new_id().hex,
            "sg_message_id": f"{mail.message_id}.filter0001.16648.5515E0B88.0",
            **mail.custom_args,
            **more,
        }

    async def post_events(self, url: str, events: Sequence[Mapping[str, Any]]) -> int:
        """Post a batch, signed; the answer's status code."""
        headers, body = self.signed(events)
        return await self._post(url, headers, body)

    def signed(self, events: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], bytes]:
        """A batch as SendGrid would post it: CRLF between and after the events, all of it signed."""
        body = ("[" + ",\r\n".join(json.dumps(event, separators=(",", ":")) for event in events) + "]\r\n").encode()
        return self.sealed(body), body

    def sealed(self, body: bytes) -> dict[str, str]:
        """The headers that go with some body."""
        stamp = str(int(SystemClock().now().timestamp()))
        seal = self._key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "content-type": "application/json",
            "x-twilio-email-event-webhook-signature": base64.b64encode(seal).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
        }


def _fault(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """What the interface would refuse: the message, and the field it names."""
    people = body.get("personalizations") or []
    to = people[0].get("to", [{}])[0].get("email", "") if people else ""
    kinds = [part.get("type") for part in body.get("content") or []]
    customs = people[0].get("custom_args", {}) if people else {}
    wrong = {
        "personalizations": (len(people) != 1, "The personalizations field is required."),
        "personalizations.0.to.0.email": ("@" not in to or " " in to, "Does not contain a valid address."),
        "personalizations.0.custom_args": (
            not all(isinstance(value, str) for value in customs.values()),
            "The custom_args values must be strings.",
        ),
        "from.email": ("@" not in body.get("from", {}).get("email", ""), "Does not contain a valid address."),
        "subject": (not body.get("subject"), "The subject is required."),
        "content": (
            not kinds or kinds[0] != "text/plain" or any(not part["value"] for part in body["content"]),
            "The content value must be a string at least one character in length; text/plain must be first.",
        ),
        "headers": (
            any(name.lower() in _RESERVED_HEADERS for name in body.get("headers", {})),
            "The header is reserved.",
        ),
    }
    return next(((message, name) for name, (is_wrong, message) in wrong.items() if is_wrong), None)


def _mail(body: dict[str, Any], request: Request) -> Mail:
    person = body["personalizations"][0]
    parts = {part["type"]: part["value"] for part in body["content"]}
    return Mail(
        message_id=new_id().hex[:22],
        to=person["to"][0]["email"],
        sender=body["from"]["email"],
        subject=body["subject"],
        text=parts["text/plain"],
        html=parts.get("text/html"),
        custom_args=person.get("custom_args", {}),
        headers=body.get("headers", {}),
        traceparent=request.headers.get("traceparent"),
        body=body,
    )


def _errors(status: int, message: str, name: str | None) -> Reply:
    return Reply.of_json(status, {"errors": [{"message": message, "field": name, "help": None}]})
