"""An SMTP server on this machine: takes mails and keeps them, or answers as it is told; writes bounces."""

import asyncio
from collections import deque
from ssl import SSLContext
from typing import Any, Literal, Self, cast

from aiosmtpd.smtp import SMTP, Envelope, LoginPassword, Session

from tests.doubles.mail import Received, SmtpTurn, Verb
from tests.doubles.reports import bounce_of
from tests.doubles.smtp_login import authenticator

_DSN_WORDS = ("RET=", "ENVID=", "NOTIFY=", "ORCPT=")


class SmtpDouble:
    """An async context manager: inside it the server listens on `host`, `port`."""

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        tls: Literal["none", "starttls", "tls"] = "none",
        certificate: SSLContext | None = None,
        login: tuple[str, str] | None = None,
        extensions: tuple[Literal["dsn", "smtputf8", "pipelining"], ...] = (),
    ) -> None:
        """A server with these features; with a login, only to be used after it."""
        self.tls = tls
        self.certificate = certificate
        self.login = login
        self.extensions = extensions
        self._turns: deque[SmtpTurn] = deque()
        self._open: set[_Conversation] = set()
        self._server: asyncio.Server | None = None
        self.received: list[Received] = []
        # What clients sent, as it arrived together.
        self.pieces: list[bytes] = []
        self.connections = 0

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def settings(self) -> dict[str, Any]:
        """A connection's settings for this server."""
        plain = {"host": self.host, "port": self.port, "tls": self.tls, "from": "Tea Shop <orders@shop.example>"}
        return plain if self.login is None else {**plain, "username": self.login[0]}

    @property
    def secrets(self) -> dict[str, str]:
        """A connection's secrets for this server."""
        return {} if self.login is None else {"password": self.login[1]}

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""
        return len(self._open)

    def script(self, *turns: SmtpTurn, times: int = 1) -> None:
        """Force what happens at the next occurrences of the turns' verbs."""
        self._turns.extend(turns * times)

    def drop_connections(self) -> None:
        """Close all connections, as a server does with idle ones."""
        for conversation in list(self._open):
            conversation.end()

    def say(self, answer: str) -> None:
        """Say something on all connections that nobody has asked for."""
        for conversation in self._open:
            conversation.transport.write(f"{answer}\r\n".encode())

    def bounce(self, received: Received, **words: str) -> bytes:
        """The report that comes back for a mail (status, action, diagnostic), addressed to its envelope's sender."""
        return bounce_of(received.sender, received.recipients[0], received.raw, **words)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        context = self.certificate if self.tls == "tls" else None
        self._server = await loop.create_server(lambda: _Conversation(self), self.host, 0, ssl=context)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.drop_connections()
        await self._server.wait_closed()
        # The transports' own farewells.
        for _round in range(3):
            await asyncio.sleep(0)

    def turn(self, verb: Verb) -> SmtpTurn | None:
        """The next forced reaction, if it is for this verb."""
        return self._turns.popleft() if self._turns and self._turns[0].verb == verb else None

    def joined(self, conversation: "_Conversation") -> int:
        """A client has connected; its number."""
        self._open.add(conversation)
        self.connections += 1
        return self.connections

    def left(self, conversation: "_Conversation") -> None:
        """A client is gone."""
        self._open.discard(conversation)


class _Conversation(SMTP):
    """aiosmtpd's server for one client, with our reactions and the DSN extension."""

    def __init__(self, double: SmtpDouble) -> None:
        starttls = double.certificate if double.tls == "starttls" else None
        super().__init__(
            _Handler(double, self),
            hostname="double.test",
            enable_SMTPUTF8="smtputf8" in double.extensions,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_require_tls=double.tls == "starttls",
            authenticator=authenticator(double.login),
            loop=asyncio.get_running_loop(),
        )
        # Not by its argument, which warns whenever a login goes without TLS.
        self._auth_required = double.login is not None
        self._double = double
        self.number = 0

    def connection_made(self, transport: Any) -> None:
        if not self.number:
            self.number = self._double.joined(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._double.left(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        self._double.pieces.append(data)
        super().data_received(data)

    def end(self) -> None:
        """Close without a word."""
        if self.transport is not None:
            self.transport.close()

    def _getparams(self, params: Any) -> dict[str, Any] | None:
        """With the DSN extension its words are understood; without it they are refused, as real servers do."""
        words = [word for word in params if not ("dsn" in self._double.extensions and word.startswith(_DSN_WORDS))]
        return cast("dict[str, Any] | None", super()._getparams(words))

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        turn = self._double.turn("START")
        if turn is None:
            await super().smtp_DATA(arg)
        elif answer := await self.react(turn):
            await super().push(answer)

    async def push(self, status: Any) -> None:
        text = status if isinstance(status, str) else bytes(status).decode("latin-1")
        turn = self._double.turn("CONNECT") if text.startswith("220 double.test") else None
        if turn is None:
            await super().push(status)
            return
        answer = await self.react(turn)
        if answer:
            await super().push(answer)

    async def react(self, turn: SmtpTurn) -> str:
        """Do what the turn says; the answer to give."""
        await asyncio.sleep(turn.delay)
        match turn.end:
            case "answer":
                return turn.answer
            case "hang":
                await asyncio.sleep(3600)
            case "close":
                self.end()
            case "garble":
                return "this is no SMTP"
        return ""


class _Handler:
    def __init__(self, double: SmtpDouble, conversation: _Conversation) -> None:
        self._double = double
        self._conversation = conversation

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        answer = await self._forced("EHLO")
        if answer is not None:
            return [answer]
        session.host_name = hostname
        more = [f"250-{name.upper()}" for name in self._double.extensions if name in {"dsn", "pipelining"}]
        return [*responses[:-1], *more, responses[-1]]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._forced("MAIL")
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._forced("RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        turn = self._double.turn("DATA")
        if turn is None or turn.takes:
            self._keep(session, envelope)
        if turn is None:
            return f"250 2.0.0 Ok: queued as {len(self._double.received):010X}"
        return await self._conversation.react(turn)

    async def _forced(self, verb: Verb) -> str | None:
        turn = self._double.turn(verb)
        return None if turn is None else await self._conversation.react(turn)

    def _keep(self, session: Session, envelope: Envelope) -> None:
        login = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else None
        content = envelope.original_content
        assert content is not None
        self._double.received.append(
            Received(
                sender=envelope.mail_from or "",
                recipients=list(envelope.rcpt_tos),
                raw=content,
                options=[*envelope.mail_options, *envelope.rcpt_options],
                connection=self._conversation.number,
                is_encrypted=session.ssl is not None or self._double.tls == "tls",
                login=login,
            )
        )
