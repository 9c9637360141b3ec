"""E-mail through SendGrid's v3 interface, and its signed event webhook."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import Field, field_validator

from tidings.adapters.email.headers import apart, header_value
from tidings.adapters.email.mailbox import Mailbox, MailboxText, mailbox
from tidings.adapters.email.mime import extra_headers, file_name, machine_headers, message_id, thread_headers
from tidings.adapters.email.sendgrid_events import ATTEMPT_KEY, SendGridReader
from tidings.adapters.http import Http, HttpFailure, HttpRequest, HttpResponse, trace_header
from tidings.adapters.provider import BaseUrl, HeaderText, Provider, ProviderSecrets, ProviderSettings, Tools
from tidings.adapters.retry_after import retry_after
from tidings.adapters.signatures import elliptic_key
from tidings.adapters.wording import reason
from tidings.delivery.ports import (
    Accepted,
    Attachment,
    ConnectionConfig,
    Found,
    Misconfigured,
    Outcome,
    Outgoing,
    Permanent,
    Sender,
    Throttled,
    Transient,
    Uncertain,
)  # fmt: skip
from tidings.kit.addresses import ascii_domain
from tidings.kit.clock import Clock


class SendGridSettings(ProviderSettings):
    """The account's region, and who the mails are from."""

    base_url: BaseUrl = Field("https://api.sendgrid.com", description="https://api.eu.sendgrid.com for EU subusers")
    sender: MailboxText = Field(alias="from", description="A verified sender: `Tea Shop <orders@shop.example>`")
    reply_to: MailboxText | None = Field(None, description="Where customers' answers go")


class SendGridSecrets(ProviderSecrets):
    """The key to send with, and the public one that events are checked with."""

    api_key: HeaderText
    # As the settings page of the Event Webhook shows it. Without it events are refused.
    webhook_public_key: str | None = None
    # Two webhooks may run side by side, and a key may be on its way out.
    previous_webhook_public_key: str | None = None

    @field_validator("webhook_public_key", "previous_webhook_public_key")
    @classmethod
    def _is_key(cls, value: str | None) -> str | None:
        """Bare base64 as shown, or with the lines that make it a PEM file."""
        if value is None:
            return None
        bare = "".join(line for line in value.splitlines() if not line.startswith("-----")).replace(" ", "")
        if elliptic_key(bare) is None:
            raise ValueError("must be the verification key that SendGrid's webhook settings show")
        return bare


# What a status means where the body does not say more. 4xx bodies name the field that is wrong.
_STATUSES: Mapping[int, type[Permanent | Transient | Throttled | Misconfigured | Uncertain]] = {
    400: Permanent,  # something in the request; see _BLAMED
    401: Misconfigured,  # the key is wrong or revoked
    403: Misconfigured,  # the sender is not verified, or the key may not send
    404: Misconfigured,  # not SendGrid's interface at this address
    405: Misconfigured,
    408: Transient,
    413: Permanent,  # over 30 MB
    429: Throttled,
    500: Transient,  # refused by their front; a double, if there is one after all, has the same Message-ID
    502: Transient,
    503: Transient,
    504: Uncertain,  # their front gave up waiting for what lies behind it
}


def request(settings: SendGridSettings, api_key: str, outgoing: Outgoing) -> HttpRequest:
    """The call that sends one mail.

    Raises:
        ValueError: the recipient's domain is no domain.
    """
    sender = mailbox(settings.sender)
    content = [{"type": "text/plain", "value": outgoing.content.text}]
    if outgoing.content.html is not None:
        content.append({"type": "text/html", "value": outgoing.content.html})
    body: dict[str, Any] = {
        "personalizations": [
            {"to": [{"email": ascii_domain(outgoing.to)}], "custom_args": {ATTEMPT_KEY: outgoing.attempt_id}}
        ],
        "from": _party(sender),
        "subject": apart(outgoing.content.subject or "") or "(no subject)",
        "content": content,
        "headers": _headers(outgoing, sender.domain),
        # The links of a receipt are nobody's to rewrite, and who opens it is nobody's to know.
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
        },
    }
    if outgoing.attachments:
        body["attachments"] = [_attached(each) for each in outgoing.attachments]
    if settings.reply_to is not None:
        body["reply_to"] = _party(mailbox(settings.reply_to))
    return HttpRequest(
        "POST",
        f"{settings.base_url}/v3/mail/send",
        {"authorization": f"Bearer {api_key}", "content-type": "application/json", **trace_header(outgoing.trace)},
        json.dumps(body, separators=(",", ":")).encode(),
    )


def _attached(attachment: Attachment) -> dict[str, str]:
    return {
        "content": base64.b64encode(attachment.content).decode(),
        "filename": file_name(attachment.name),
        "type": attachment.media_type,
        "disposition": "attachment",
    }


def _headers(outgoing: Outgoing, domain: str) -> dict[str, str]:
    headers = {**extra_headers(outgoing), **thread_headers(outgoing, domain), **machine_headers()}
    # SendGrid takes a header's value as it is to be written.
    headers = {name: header_value(value) for name, value in headers.items()}
    # The mail's id stays the same on a retry, so that mailboxes fold a double into one.
    return {**headers, "Message-ID": message_id(outgoing, domain)}


def _party(who: Mailbox) -> dict[str, str]:
    return {"email": who.address, "name": apart(who.name)} if who.name else {"email": who.address}


def classify(answer: HttpResponse, outgoing: Outgoing, clock: Clock) -> Outcome:
    """What SendGrid's answer means for the mail."""
    if answer.status == 202:  # noqa: PLR2004 - the one status that means "taken"
        return Accepted(answer.headers.get("x-message-id"))
    field, said = _complaint(answer, outgoing.to)
    code = str(answer.status)
    meaning = _STATUSES.get(answer.status) or _by_family(answer.status)
    if answer.status == 400:  # noqa: PLR2004 - the body says which part of the request it is
        return _blamed(field, said)
    if meaning is Throttled or meaning is Transient:
        return meaning(said, code, retry_after(answer.headers, clock.now()))
    return meaning(said, code)


def _blamed(field: str, said: str) -> Outcome:
    """Who a 400 blames: the recipient's address, the sender's, or the message."""
    code = f"400 {field}".strip()
    if field.startswith("personalizations.0.to"):
        return Permanent(said, code, suppress="hard_bounce")
    if field.startswith("from"):
        return Misconfigured(said, code)
    return Permanent(said, code)


def _by_family(status: int) -> type[Permanent | Transient | Misconfigured | Uncertain]:
    match status // 100:
        case 3:
            return Misconfigured  # a redirect is not followed: `base_url` is wrong
        case 4:
            return Permanent
        case 5:
            return Transient
        case _:
            return Uncertain  # some 200 that is not SendGrid's


def _complaint(answer: HttpResponse, recipient: str) -> tuple[str, str]:
    """The field that is wrong, and what about it."""
    body = answer.json()
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    said = reason(str(first.get("message") or ""), recipient)
    return str(first.get("field") or ""), said or f"SendGrid answered {answer.status}"


class SendGridSender:
    """One account."""

    can_be_asked = False
    # SendGrid tries a deferred mail for three days, and then says that it bounced.
    patience: timedelta | None = timedelta(hours=72)

    def __init__(self, settings: SendGridSettings, secrets: SendGridSecrets, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._secrets = secrets
        self._http = http
        self._clock = clock

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once."""
        try:
            call = request(self._settings, self._secrets.api_key, outgoing)
        except ValueError:
            return Permanent("the address cannot be written in a mail", "address")
        answer = await self._http.send(call)
        return answer.outcome() if isinstance(answer, HttpFailure) else classify(answer, outgoing, self._clock)

    async def find(self, outgoing: Outgoing) -> Found:  # noqa: ARG002 - its activity feed is a paid extra
        """SendGrid cannot be asked."""
        return Uncertain("SendGrid cannot be asked")

    async def close(self) -> None:
        """The HTTP client is shared."""


def _opened(connection: ConnectionConfig, tools: Tools) -> Sender:
    settings = SendGridSettings.model_validate(connection.settings, context={"allow_insecure": True})
    return SendGridSender(settings, SendGridSecrets.model_validate(connection.secrets), tools.http, tools.clock)


SENDGRID = Provider(
    name="sendgrid",
    channels=("email",),
    settings=SendGridSettings,
    secrets=SendGridSecrets,
    open=_opened,
    reader=SendGridReader(),
)
