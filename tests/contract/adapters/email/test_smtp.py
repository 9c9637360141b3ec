"""SMTP against a real server on this machine."""

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.contract.conformance import CallbackConformance, SenderConformance
from tests.contract.stand import CALLBACK_URL, IMPATIENT, Forced, Situation, Taken, TalkingStand
from tests.doubles.certificates import authority
from tests.doubles.mail import SmtpTurn
from tests.doubles.reports import bounce_of
from tests.doubles.smtp import SmtpDouble
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import (
    Accepted,
    Content,
    Misconfigured,
    Outgoing,
    Permanent,
    Throttled,
    Transient,
)

BOUNCES = {"bounce_address": "bounce@bounces.shop.example"}


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
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return {"port": free.getsockname()[1]}

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


@pytest.fixture
async def stand() -> AsyncIterator[SmtpStand]:
    async with SmtpDouble(login=("shop", "s3cret"), extensions=("dsn",)) as double, SmtpStand(double) as stand:
        yield stand


class TestSmtp(SenderConformance, CallbackConformance):
    provider = ("email", "smtp")


async def test_the_mail_is_whole_threaded_and_marked(stand):
    outgoing = stand.outgoing(content=Content("Hello\n", "Order #1", "<p>Hello</p>", {"headers": {"X-Shop": "tea"}}))
    sender = stand.registry.open(stand.connection(settings={"reply_to": "Help <help@shop.example>"}))
    outcome = await sender.send(outgoing)
    await sender.close()
    (received,) = stand.double.received
    mail = received.mail
    assert outcome == Accepted(f"{outgoing.message_id}@shop.example")
    assert mail["Message-ID"] == f"<{outgoing.message_id}@shop.example>"
    assert mail["References"] == mail["In-Reply-To"] == f"<{outgoing.order_id}@shop.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == "Tea Shop <orders@shop.example>"
    assert mail["Reply-To"] == "Help <help@shop.example>"
    assert mail["To"] == "ada@example.com"
    assert mail["Content-Language"] == "de-DE"
    assert mail["X-Shop"] == "tea"
    assert mail["Date"].datetime == stand.clock.now()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert received.login == "shop"
    assert max(len(line) for line in received.raw.split(b"\r\n")) <= 998


async def test_the_envelope_bounces_to_the_sealed_attempt(stand):
    outgoing = stand.outgoing()
    await stand.registry.open(stand.connection()).send(outgoing)
    (received,) = stand.double.received
    local, _, domain = received.sender.partition("@")
    assert local.startswith(f"bounce+{outgoing.attempt_id}.")
    assert domain == "bounces.shop.example"
    assert len(local) <= 64
    assert "RET=HDRS" in received.options
    assert f"ENVID={outgoing.attempt_id.upper()}" in received.options
    assert "NOTIFY=SUCCESS,FAILURE,DELAY" in received.options


async def test_a_server_without_reports_is_not_asked_for_them():
    async with SmtpDouble() as double:
        stand = SmtpStand(double)
        assert isinstance(await stand.registry.open(stand.connection()).send(stand.outgoing()), Accepted)
    assert not [option for option in double.received[0].options if option.startswith(("RET", "NOTIFY"))]


async def test_without_a_bounce_address_mails_bounce_to_the_sender():
    async with SmtpDouble(extensions=("dsn",)) as double:
        stand = SmtpStand(double)
        connection = dataclasses.replace(stand.connection(), settings=double.settings)
        assert isinstance(await stand.registry.open(connection).send(stand.outgoing()), Accepted)
    assert double.received[0].sender == "orders@shop.example"
    assert not [option for option in double.received[0].options if option.startswith("NOTIFY")]


async def test_without_a_sender_of_its_own_it_writes_as_the_storefront_does():
    async with SmtpDouble() as double:
        stand = SmtpStand(double)
        settings = {name: value for name, value in double.settings.items() if name != "from"}
        sender = stand.registry.open(dataclasses.replace(stand.connection(), settings=settings))
        assert isinstance(await sender.send(stand.outgoing()), Misconfigured)
        content = Content("text", "subject", extras={"from": "Shop <hello@shop.example>"})
        assert isinstance(await sender.send(stand.outgoing(content=content)), Accepted)
        await sender.close()
    assert double.received[0].sender == "hello@shop.example"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_tls_is_spoken_and_the_certificate_is_checked(tls):
    certified = authority()
    async with SmtpDouble(tls=tls, certificate=certified.server, login=("shop", "s3cret")) as double:
        stand = SmtpStand(double)
        trusting = stand.registry.open(stand.connection(settings={"ca_certificate": certified.text}))
        outcome = await trusting.send(stand.outgoing())
        await trusting.close()
        assert isinstance(outcome, Accepted)
        assert double.received[0].is_encrypted
        careful = stand.registry.open(stand.connection())
        outcome = await careful.send(stand.outgoing())
        assert isinstance(outcome, Misconfigured)
        assert "certificate" in outcome.reason


async def test_a_server_without_starttls_is_a_misconfiguration():
    async with SmtpDouble() as double:
        stand = SmtpStand(double)
        outcome = await stand.registry.open(stand.connection(settings={"tls": "starttls"})).send(stand.outgoing())
    assert isinstance(outcome, Misconfigured)
    assert not double.received


async def test_a_login_that_nobody_asks_for_is_a_misconfiguration():
    async with SmtpDouble() as double:
        stand = SmtpStand(double)
        sender = stand.registry.open(stand.connection(settings={"username": "shop"}, secrets={"password": "x"}))
        assert isinstance(await sender.send(stand.outgoing()), Misconfigured)


async def test_one_connection_carries_a_hundred_mails_and_no_more(stand):
    sender = stand.registry.open(stand.connection())
    for _ in range(101):
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
    await sender.close()
    connections = [received.connection for received in stand.double.received]
    assert connections == [1] * 100 + [2]


async def test_no_more_connections_are_opened_than_allowed(stand):
    sender = stand.registry.open(stand.connection(settings={"max_connections": 3}))
    async with asyncio.TaskGroup() as group:
        for _ in range(30):
            group.create_task(sender.send(stand.outgoing()))
    assert len(stand.double.received) == 30
    assert stand.double.connections <= 3
    await sender.close()


async def test_a_kept_connection_that_died_is_replaced_without_a_word(stand):
    sender = stand.registry.open(stand.connection())
    for _ in range(3):
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
        stand.double.drop_connections()
    await sender.close()
    assert len(stand.double.received) == 3


async def test_a_kept_connection_that_dies_at_the_first_word_is_replaced_too(stand):
    sender = stand.registry.open(stand.connection())
    await sender.send(stand.outgoing())
    stand.double.script(SmtpTurn("MAIL", end="close"))
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    stand.double.script(SmtpTurn("MAIL", end="close"), SmtpTurn("MAIL", end="close"))
    assert isinstance(await sender.send(stand.outgoing()), Transient)
    await sender.close()
    assert len(stand.double.received) == 2


async def test_after_a_refusal_the_connection_carries_on(stand):
    sender = stand.registry.open(stand.connection())
    stand.double.script(SmtpTurn("RCPT", "550 5.1.1 no"), SmtpTurn("DATA", "554 5.6.0 no"))
    assert isinstance(await sender.send(stand.outgoing()), Permanent)
    assert isinstance(await sender.send(stand.outgoing()), Permanent)
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    await sender.close()
    assert stand.double.connections == 1


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (SmtpTurn("CONNECT", "421 4.3.2 closing down"), Throttled),
        (SmtpTurn("CONNECT", "554 no service here"), Misconfigured),
        (SmtpTurn("CONNECT", end="close"), Transient),
        (SmtpTurn("CONNECT", end="hang"), Transient),
        (SmtpTurn("CONNECT", end="garble"), Transient),
        (SmtpTurn("MAIL", "550 5.7.60 not as this sender"), Misconfigured),
        (SmtpTurn("MAIL", "552 5.3.4 too big"), Permanent),
        (SmtpTurn("MAIL", end="hang"), Transient),
        (SmtpTurn("RCPT", end="garble"), Transient),
        (SmtpTurn("RCPT", "552 5.2.2 mailbox full"), Transient),
        (SmtpTurn("RCPT", "550 5.7.1 relaying denied"), Permanent),
        (SmtpTurn("DATA", "552 5.3.4 too big"), Permanent),
    ],
    ids=lambda value: f"{value.verb} {value.answer or value.end}" if isinstance(value, SmtpTurn) else value.__name__,
)
async def test_each_refusal_at_its_moment_has_its_meaning(stand, turn, kind):
    stand.double.script(turn)
    stand.patience = IMPATIENT if turn.end == "hang" else stand.patience
    sender = stand.registry.open(stand.connection())
    outcome = await sender.send(stand.outgoing())
    await sender.close()
    assert isinstance(outcome, kind)
    assert getattr(outcome, "suppress", None) is None
    assert not stand.double.received


async def test_international_addresses_go_where_they_are_understood(stand):
    sender = stand.registry.open(stand.connection())
    assert isinstance(await sender.send(stand.outgoing("ada@bücher.example")), Accepted)
    assert stand.double.received[0].recipients == ["ada@xn--bcher-kva.example"]
    outcome = await sender.send(stand.outgoing("jürgen@example.com"))
    await sender.close()
    assert isinstance(outcome, Permanent)
    assert outcome.suppress is None
    async with SmtpDouble(extensions=("smtputf8",)) as understanding:
        other = SmtpStand(understanding)
        sender = other.registry.open(other.connection())
        assert isinstance(await sender.send(other.outgoing("jürgen@example.com")), Accepted)
        await sender.close()
        assert understanding.received[0].recipients == ["jürgen@example.com"]


@pytest.mark.parametrize("to", ["ada@example.com\r\nRCPT TO:<eve@example.com>", "nobody", "ada@exa mple.com", "<>", ""])
async def test_an_address_that_would_say_more_than_an_address_never_leaves(stand, to):
    sender = stand.registry.open(stand.connection())
    assert isinstance(await sender.send(dataclasses.replace(stand.outgoing(), to=to)), Permanent)
    await sender.close()
    assert not stand.double.received


async def test_a_bounce_condemns_the_address_and_a_stranger_cannot_forge_one(stand):
    outgoing = await CallbackConformance.sent(stand)
    (received,) = stand.double.received
    (event,) = await CallbackConformance.said(stand, Posted(CALLBACK_URL, {}, stand.double.bounce(received)))
    assert (event.status, event.attempt_id, event.detail["code"]) == ("bounced", outgoing.attempt_id, "5.1.1")
    forged = received.sender.replace(".", ".0", 1)
    body = bounce_of(forged, stand.recipient, b"Subject: yours\n\n")
    reader = CallbackConformance.reader(stand)
    assert not reader.verify(Posted(CALLBACK_URL, {}, body), stand.connection(), stand.clock.now())
