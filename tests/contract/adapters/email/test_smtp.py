"""SMTP against a real server on this machine: what is sent, and how."""

import dataclasses
from collections.abc import AsyncIterator

import pytest

from tests.contract.conformance import CallbackConformance, SenderConformance
from tests.contract.smtp_stand import SmtpStand
from tests.contract.stand import CALLBACK_URL
from tests.doubles.certificates import authority
from tests.doubles.reports import bounce_of
from tests.doubles.smtp import SmtpDouble
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import Accepted, Attachment, Content, Misconfigured, Permanent


@pytest.fixture(params=[("dsn",), ("dsn", "pipelining")], ids=["one by one", "pipelined"])
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[SmtpStand]:
    async with SmtpDouble(login=("shop", "s3cret"), extensions=request.param) as double, SmtpStand(double) as stand:
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


async def test_a_login_that_is_a_mailbox_is_the_last_resort():
    async with SmtpDouble(login=("shop@mail.example", "s3cret")) as double:
        stand = SmtpStand(double)
        settings = {name: value for name, value in double.settings.items() if name != "from"}
        sender = stand.registry.open(dataclasses.replace(stand.connection(), settings=settings))
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
        await sender.close()
    assert double.received[0].mail["From"] == "shop@mail.example"


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


async def test_what_is_attached_arrives_byte_for_byte_behind_both_parts(stand):
    attachments = (Attachment("INV-000017.pdf", "application/pdf", bytes(range(256)) * 40),)
    content = Content("Hello\n", "Order #1", "<p>Hello</p>")
    outgoing = dataclasses.replace(stand.outgoing(content=content), attachments=attachments)
    await stand.registry.open(stand.connection()).send(outgoing)
    (received,) = stand.double.received
    mail = received.mail
    assert mail.get_content_type() == "multipart/mixed"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Hello</p>"
    assert mail.get_body(("plain",)).get_content().strip() == "Hello"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("INV-000017.pdf", "application/pdf")
    assert attached.get_content() == attachments[0].content
