"""SendGrid against its double."""

import base64
import dataclasses
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import format_datetime
from typing import Any

import pytest

from tests.contract.conformance import CallbackConformance, SenderConformance
from tests.contract.stand import CALLBACK_URL, Forced, Situation, Taken, TalkingStand
from tests.doubles.sendgrid import SendGridDouble
from tests.doubles.turns import Turn, answers, breaks_off, garbles, hangs, hangs_up
from tests.fixtures.processes import free_port
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import Accepted, Attachment, Content, Misconfigured, Outgoing, Permanent, Throttled


def refusal(status: int, message: str, field: str | None = None, **headers: str) -> Turn:
    return answers(status, {"errors": [{"message": message, "field": field, "help": None}]}, headers)


class SendGridStand(TalkingStand):
    channel = "email"
    provider = "sendgrid"
    recipient = "ada@example.com"

    def __init__(self, double: SendGridDouble) -> None:
        super().__init__()
        self.double = double

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.double.settings

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.double.secrets

    async def taken(self) -> list[Taken]:
        return [Taken(mail.to, mail.text, mail.subject, mail.html) for mail in self.double.received]

    def go_away(self) -> Mapping[str, Any]:
        return {"base_url": f"http://127.0.0.1:{free_port()}"}

    def force(self, situation: Situation) -> Forced | None:
        date = format_datetime(self.clock.now() + timedelta(seconds=30), usegmt=True)
        address = "personalizations.0.to.0.email"
        turns: dict[Situation, Turn] = {
            "bad recipient": refusal(400, f"{self.recipient} does not contain a valid address.", address),
            "bad message": refusal(413, "Too big"),
            "not now": answers(503, b"<html>"),
            "too fast": refusal(429, "too many requests"),
            "too fast for 7 s": refusal(429, "too many requests", **{"retry-after": "7"}),
            "too fast until a date": refusal(429, "too many requests", **{"retry-after": date}),
            "too fast for a nonsense time": refusal(429, "too many requests", **{"x-ratelimit-reset": "-1"}),
            "500": answers(500, b"<html>"),
            "garbage": garbles(),
            "hang": hangs(),
            "hang up": hangs_up(),
            "taken and cut off": breaks_off(takes=True),
        }
        if situation == "wrong credentials":
            return Forced(secrets={"api_key": "SG.another"})
        if situation not in turns:
            return None
        self.double.script(turns[situation])
        return Forced()

    def delivered(self, outgoing: Outgoing) -> Posted:
        mail = next(each for each in self.double.received if outgoing.attempt_id in each.custom_args.values())
        key = f"evt-{outgoing.attempt_id}"
        headers, body = self.double.signed([self.double.event(mail, "delivered", sg_event_id=key)])
        return Posted(CALLBACK_URL, headers, body)

    def sealed(self, body: bytes) -> Posted:
        return Posted(CALLBACK_URL, self.double.sealed(body), body)


@pytest.fixture
async def stand() -> AsyncIterator[SendGridStand]:
    async with SendGridDouble() as double, SendGridStand(double) as stand:
        yield stand


class TestSendGrid(SenderConformance, CallbackConformance):
    provider = ("email", "sendgrid")


async def test_the_mail_is_threaded_marked_and_untracked(stand):
    outgoing = stand.outgoing(content=Content("Hello", "Order\r\n#1", extras={"headers": {"List-Unsubscribe": "<x>"}}))
    sender = stand.registry.open(stand.connection(settings={"reply_to": "Help <help@shop.example>"}))
    assert isinstance(await sender.send(outgoing), Accepted)
    (mail,) = stand.double.received
    assert mail.custom_args == {"tidings_attempt": outgoing.attempt_id}
    assert mail.subject == "Order #1"
    assert mail.headers["Message-ID"] == f"<{outgoing.message_id}@shop.example>"
    assert mail.headers["References"] == mail.headers["In-Reply-To"] == f"<{outgoing.order_id}@shop.example>"
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert mail.headers["List-Unsubscribe"] == "<x>"
    assert mail.body["from"] == {"email": "orders@shop.example", "name": "Tea Shop"}
    assert mail.body["reply_to"] == {"email": "help@shop.example", "name": "Help"}
    assert mail.body["tracking_settings"]["click_tracking"]["enable"] is False
    assert mail.traceparent == outgoing.trace


async def test_a_sender_that_is_not_verified_is_a_misconfiguration(stand):
    sender = stand.registry.open(stand.connection(settings={"from": "other@shop.example"}))
    assert isinstance(await sender.send(stand.outgoing()), Misconfigured)
    stand.double.script(refusal(400, "The from email does not contain a valid address.", "from.email"))
    assert isinstance(await sender.send(stand.outgoing()), Misconfigured)


async def test_an_address_that_is_none_never_leaves(stand):
    assert isinstance(await stand.registry.open(stand.connection()).send(stand.outgoing("nobody")), Permanent)
    assert not stand.double.requests


async def test_a_rate_limit_tells_when_it_ends(stand):
    reset = str(int(stand.clock.now().timestamp()) + 12)
    stand.double.script(refusal(429, "too many requests", **{"x-ratelimit-reset": reset}))
    outcome = await stand.registry.open(stand.connection()).send(stand.outgoing())
    assert isinstance(outcome, Throttled)
    assert outcome.retry_after == timedelta(seconds=12)


async def test_every_single_byte_of_a_batch_is_covered(stand):
    posted = stand.delivered(await CallbackConformance.sent(stand))
    reader, connection = CallbackConformance.reader(stand), stand.connection()
    for place in range(len(posted.body)):
        bent = bytearray(posted.body)
        bent[place] ^= 1
        assert not reader.verify(dataclasses.replace(posted, body=bytes(bent)), connection, stand.clock.now())


async def test_a_batch_from_yesterdays_retries_counts_and_an_older_one_does_not(stand):
    posted = stand.delivered(await CallbackConformance.sent(stand))
    reader, connection = CallbackConformance.reader(stand), stand.connection()
    assert reader.verify(posted, connection, stand.clock.now() + timedelta(hours=24))
    assert not reader.verify(posted, connection, stand.clock.now() + timedelta(hours=26))
    assert not reader.verify(posted, connection, stand.clock.now() - timedelta(hours=1))


async def test_the_previous_key_still_counts_while_keys_are_changed(stand):
    posted = stand.delivered(await CallbackConformance.sent(stand))
    async with SendGridDouble() as other:
        secrets = {"webhook_public_key": other.public_key, "previous_webhook_public_key": stand.double.public_key}
        connection = stand.connection(secrets=secrets)
    assert CallbackConformance.reader(stand).verify(posted, connection, stand.clock.now())


async def test_what_is_attached_is_in_the_call(stand):
    attached = Attachment("INV-000017.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")
    outgoing = dataclasses.replace(stand.outgoing(), attachments=(attached,))
    await stand.registry.open(stand.connection()).send(outgoing)
    (told,) = stand.double.requests[-1].json()["attachments"]
    assert base64.b64decode(told.pop("content")) == attached.content
    assert told == {"filename": "INV-000017.pdf", "type": "application/pdf", "disposition": "attachment"}


async def test_everything_is_in_letters_that_all_systems_know():
    async with SendGridDouble(senders=["orders@xn--mller-kva.example"]) as double, SendGridStand(double) as stand:
        settings = {"from": "Tee <orders@müller.example>", "reply_to": "Tee <hilfe@müller.example>"}
        outgoing = stand.outgoing("ada@bücher.example")
        assert isinstance(await stand.registry.open(stand.connection(settings=settings)).send(outgoing), Accepted)
    (mail,) = double.received
    assert mail.to == "ada@xn--bcher-kva.example"
    assert mail.body["from"] == {"email": "orders@xn--mller-kva.example", "name": "Tee"}
    assert mail.body["reply_to"] == {"email": "hilfe@xn--mller-kva.example", "name": "Tee"}
    assert mail.headers["Message-ID"] == f"<{outgoing.message_id}@xn--mller-kva.example>"
    assert mail.headers["References"] == mail.headers["In-Reply-To"] == f"<{outgoing.order_id}@xn--mller-kva.example>"


async def test_nothing_is_said_that_a_mail_program_would_decode(stand):
    evil = "=?utf-8?q?a=0d=0aX-Evil=3a_1?="
    content = Content("Hello", f"Order {evil}", extras={"headers": {"X-Shop": evil, "X-Größe": "no", "X-Size": "groß"}})
    sender = stand.registry.open(stand.connection(settings={"from": f'"{evil}" <orders@shop.example>'}))
    assert isinstance(await sender.send(stand.outgoing(content=content)), Accepted)
    assert isinstance(await sender.send(stand.outgoing(f"{evil}@evil.example")), Permanent)
    (mail,) = stand.double.received
    for said in (mail.subject, mail.body["from"]["name"]):
        assert "=?" not in said
        assert evil in said.replace("\u2060", "")
    written = {name: str(make_header(decode_header(mail.headers[name]))) for name in ("X-Shop", "X-Size")}
    assert written == {"X-Shop": evil, "X-Size": "groß"}
    assert all(value.isascii() for value in mail.headers.values())
