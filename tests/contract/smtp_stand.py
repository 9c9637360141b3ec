"""SMTP's stand: a real server on this machine."""

import ssl
from collections.abc import Mapping
from typing import Any, Protocol

import aiosmtplib

from tests.contract.stand import CALLBACK_URL, Forced, Situation, Taken, TalkingStand
from tests.doubles.mail import SmtpTurn
from tests.doubles.smtp import SmtpDouble
from tests.fixtures.processes import free_port
from tidings.adapters.email.smtp_pool import Pool
from tidings.adapters.email.smtp_session import Session
from tidings.adapters.email.smtp_talk import Envelope
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import Outgoing

BOUNCES = {"bounce_address": "bounce@bounces.shop.example"}
ENVELOPE = Envelope("orders@shop.example", "ada@example.com", b"Subject: x\r\n\r\nText\r\n", "msg_1@shop.example")


class Listening(Protocol):
    """A server's double."""

    host: str

    @property
    def port(self) -> int: ...


def client_of(server: Listening, tls: ssl.SSLContext | None = None) -> aiosmtplib.SMTP:
    """A client that has not connected yet."""
    return aiosmtplib.SMTP(
        hostname=server.host, port=server.port, timeout=5, use_tls=tls is not None, tls_context=tls, start_tls=False
    )


def pool_of(server: Listening, size: int = 1, tls: ssl.SSLContext | None = None) -> Pool:
    """Connections to a server that asks for no login."""

    async def connected() -> Session:
        client = client_of(server, tls)
        await client.connect()
        await client.ehlo()
        return Session(client)

    return Pool(connected, size)


class SmtpStand(TalkingStand):
    channel = "email"
    provider = "smtp"
    recipient = "ada@example.com"

    def __init__(self, double: SmtpDouble) -> None:
        super().__init__()
        self.double = double

    @property
    def settings(self) -> Mapping[str, Any]:
        return {**self.double.settings, **BOUNCES}

    @property
    def secrets(self) -> Mapping[str, str]:
        return {**self.double.secrets, "bounce_key": "verp-secret"}

    async def taken(self) -> list[Taken]:
        return [_taken(received.recipients, received.mail, received.text) for received in self.double.received]

    def go_away(self) -> Mapping[str, Any]:
        return {"port": free_port()}

    def force(self, situation: Situation) -> Forced | None:
        turns: dict[Situation, SmtpTurn] = {
            "bad recipient": SmtpTurn("RCPT", f"550 5.1.1 <{self.recipient}>: no such user"),
            "bad message": SmtpTurn("DATA", "554 5.7.1 it looks like spam"),
            "not now": SmtpTurn("RCPT", "451 4.3.0 try again later"),
            "too fast": SmtpTurn("MAIL", "454 4.7.0 Throttling failure: Maximum sending rate exceeded"),
            "500": SmtpTurn("DATA", "451 4.3.5 local error"),
            "garbage": SmtpTurn("DATA", end="garble"),
            "hang": SmtpTurn("DATA", end="hang"),
            "hang up": SmtpTurn("DATA", end="close"),
            "taken and cut off": SmtpTurn("DATA", end="close", takes=True),
        }
        if situation == "wrong credentials":
            return Forced(secrets={"password": "another"})
        if situation not in turns:
            return None
        self.double.script(turns[situation])
        return Forced()

    def delivered(self, outgoing: Outgoing) -> Posted:
        received = next(each for each in self.double.received if outgoing.attempt_id in each.sender)
        return Posted(CALLBACK_URL, {}, self.double.bounce(received, action="delivered", status="2.0.0"))

    def sealed(self, body: bytes) -> Posted:
        # The best that anybody can do is to put the recipient's address before it.
        return Posted(CALLBACK_URL, {}, b"To: bounce+att_1.00000000@bounces.shop.example\n\n" + body)


def _taken(recipients: list[str], mail: Any, text: str) -> Taken:
    html = mail.get_body(("html",))
    return Taken(recipients[0], text, str(mail["Subject"]), None if html is None else html.get_content())
