"""E-mail through any SMTP server: the shop's own relay, or a provider's submission port."""

import secrets as randomness
import socket
import ssl
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Literal

import aiosmtplib
from pydantic import Field, field_validator

from tidings.adapters.email.dsn import DsnReader
from tidings.adapters.email.mailbox import Mailbox, MailboxText, mailbox, mailbox_for_all
from tidings.adapters.email.mime import Letterhead, letter, message_id
from tidings.adapters.email.smtp_pool import Pool
from tidings.adapters.email.smtp_session import Session
from tidings.adapters.email.smtp_talk import Envelope, post
from tidings.adapters.email.verp import bounce_address, sealed
from tidings.adapters.provider import Provider, ProviderSecrets, ProviderSettings, Tools
from tidings.delivery.ports import (
    ConnectionConfig,
    Found,
    Misconfigured,
    Outcome,
    Outgoing,
    Permanent,
    Sender,
    Uncertain,
)  # fmt: skip
from tidings.kit.addresses import ascii_domain
from tidings.kit.shape import Shape

_PORTS = {"none": 25, "starttls": 587, "tls": 465}
# A local part has 64 letters, of which the sealed attempt id takes 46.
_LONGEST_BOUNCE_NAME = 18

HostText = Annotated[
    str, Field(min_length=1, max_length=255), Shape(r"^[A-Za-z0-9.:_-]+$", "is not a host's name or an IP address")
]
HeloText = Annotated[str, Shape(r"^[A-Za-z0-9.:\[\]_-]+$", "is not a host's name or an IP address")]


class SmtpSettings(ProviderSettings):
    """How the server is reached, and who the mails are from."""

    host: HostText = Field(description="Name or IP address")
    tls: Literal["none", "starttls", "tls"] = Field("starttls", description="tls: from the first byte (port 465)")
    port: int = Field(0, ge=0, le=65535, description="0: 25, 587 or 465, as `tls` says")
    username: str | None = Field(None, min_length=1, description="None: the server asks for no login")
    sender: MailboxText | None = Field(
        None,
        alias="from",
        description="`Shop <orders@shop.example>`; None: the storefront's address, or the login's",
    )
    reply_to: MailboxText | None = Field(None, description="Where customers' answers go")
    bounce_address: MailboxText | None = Field(
        None, description="`bounce@shop.example`: bounces come to bounce+…@shop.example and are piped to the callback"
    )
    helo: HeloText | None = Field(None, description="What we call ourselves")
    ca_certificate: str | None = Field(None, description="PEM of the authority that signed the server's certificate")
    max_connections: int = Field(10, ge=1, le=100, description="Connections of one worker process")

    @field_validator("tls", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        return {True: "starttls", False: "none"}[value] if isinstance(value, bool) else value

    @field_validator("bounce_address")
    @classmethod
    def _has_room_for_the_attempt(cls, value: str | None) -> str | None:
        if value is not None and len(mailbox(value).address.rpartition("@")[0]) > _LONGEST_BOUNCE_NAME:
            raise ValueError(f"may have {_LONGEST_BOUNCE_NAME} letters before the @: the attempt's id is added to them")
        return value

    @field_validator("ca_certificate")
    @classmethod
    def _is_certificate(cls, value: str | None) -> str | None:
        if value is not None:
            _tls_context(value)
        return value

    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or _PORTS[self.tls]

    def tls_context(self) -> ssl.SSLContext | None:
        """Public authorities, and the one that the settings name; None without TLS."""
        return None if self.tls == "none" else _tls_context(self.ca_certificate)


class SmtpSecrets(ProviderSecrets):
    """The login, and the key that seals bounce addresses."""

    password: str | None = None
    bounce_key: str | None = Field(None, min_length=8)
    # During a change of keys: mails sent before it still bounce.
    previous_bounce_key: str | None = Field(None, min_length=8)


def _tls_context(pem: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if pem is not None:
        try:
            context.load_verify_locations(cadata=pem)
        except ssl.SSLError as error:
            raise ValueError("must be a certificate in PEM") from error
    return context


class SmtpSender:
    """One relay. Every mail goes in a transaction of its own, so that every answer is about one recipient."""

    can_be_asked = False
    # Whether anybody on the way reports what became of a mail is up to them.
    patience: timedelta | None = None

    def __init__(self, settings: SmtpSettings, secrets: SmtpSecrets, tools: Tools) -> None:
        self._settings = settings
        self._secrets = secrets
        self._tools = tools
        self._tls = settings.tls_context()
        self._reply_to = None if settings.reply_to is None else mailbox(settings.reply_to)
        self._returns = None if settings.bounce_address is None else mailbox(settings.bounce_address).address
        self._pool = Pool(self._connected, settings.max_connections)

    async def send(self, outgoing: Outgoing) -> Outcome:
        """One mail, one transaction."""
        writer = self._writer(outgoing)
        if writer is None:
            return Misconfigured("nobody to write as: the connection needs `from`", "from")
        try:
            envelope = self._envelope(outgoing, writer)
        except ValueError:
            return Permanent("the address cannot be written in a mail", "address")
        return await post(self._pool, envelope, self._tools.timeout.total_seconds())

    async def find(self, outgoing: Outgoing) -> Found:  # noqa: ARG002 - SMTP has no question for it
        """SMTP cannot be asked."""
        return Uncertain("an SMTP server cannot be asked")

    async def close(self) -> None:
        """Say goodbye to the server."""
        await self._pool.close()

    def _writer(self, outgoing: Outgoing) -> Mailbox | None:
        """Who writes: as the connection says, else the storefront, else whoever logs in, if that is a mailbox."""
        for text in (self._settings.sender, outgoing.content.extras.get("from"), self._settings.username):
            with suppress(ValueError):
                return mailbox_for_all(str(text or ""))
        return None

    def _envelope(self, outgoing: Outgoing, writer: Mailbox) -> Envelope:
        recipient = ascii_domain(outgoing.to)
        seal = self._seal(outgoing)
        # In a header too: mailboxes that redact the envelope in their complaints leave headers alone.
        more = {} if seal is None else {"X-Tidings-Attempt": seal}
        head = Letterhead(writer, self._reply_to)
        returns = None if seal is None else self._returns
        return Envelope(
            sender=writer.address if returns is None else bounce_address(returns, str(seal)),
            recipient=recipient,
            mail=letter(outgoing, head, now=self._tools.clock.now(), more=more),
            message_id=message_id(outgoing, writer.domain).strip("<>"),
            # Reports that would come to the shop's own mailbox are not asked for.
            report_as=None if returns is None else outgoing.attempt_id,
        )

    def _seal(self, outgoing: Outgoing) -> str | None:
        key = self._secrets.bounce_key
        return None if key is None else sealed(outgoing.attempt_id, key)

    async def _connected(self) -> Session:
        host, port = self._settings.address()
        client = aiosmtplib.SMTP(
            hostname=host,
            port=port,
            username=self._settings.username,
            password=None if self._settings.username is None else self._secrets.password,
            # Not left to the library, which asks DNS for it at each connection.
            local_hostname=self._settings.helo or socket.gethostname(),
            timeout=self._tools.timeout.total_seconds(),
            use_tls=self._settings.tls == "tls",
            start_tls=self._settings.tls == "starttls",
            tls_context=self._tls,
        )
        await client.connect()
        try:
            # Once more after the login: some servers offer more then.
            await client.ehlo()
            return Session(client)
        except BaseException:
            client.close()
            raise


def _opened(connection: ConnectionConfig, tools: Tools) -> Sender:
    settings = SmtpSettings.model_validate(connection.settings)
    return SmtpSender(settings, SmtpSecrets.model_validate(connection.secrets), tools)


SMTP = Provider(
    name="smtp",
    channels=("email",),
    settings=SmtpSettings,
    secrets=SmtpSecrets,
    open=_opened,
    reader=DsnReader(),
    own_secrets={"bounce_key": lambda: randomness.token_urlsafe(24)},
)
