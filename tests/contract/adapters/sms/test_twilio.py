"""Twilio against its double."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.contract.conformance import CallbackConformance, SenderConformance
from tests.contract.stand import CALLBACK_URL, Forced, Situation, Taken, TalkingStand
from tests.doubles.turns import Turn, answers, breaks_off, garbles, hangs, hangs_up
from tests.doubles.twilio import Text, TwilioDouble
from tests.fixtures.processes import free_port
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import Accepted, NotThere, Outgoing, Permanent, Uncertain


def refusal(code: int, status: int = 400, **headers: str) -> Turn:
    return answers(status, {"code": code, "message": f"Refused: +4915112345678 ({code})", "status": status}, headers)


class TwilioStand(TalkingStand):
    channel = "sms"
    provider = "twilio"
    recipient = "+4915112345678"

    def __init__(self, double: TwilioDouble) -> None:
        super().__init__()
        self.double = double

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.double.settings

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.double.secrets

    async def taken(self) -> list[Taken]:
        return [Taken(text.to, text.body) for text in self.double.received]

    def go_away(self) -> Mapping[str, Any]:
        return {"base_url": f"http://127.0.0.1:{free_port()}"}

    def force(self, situation: Situation) -> Forced | None:
        date = format_datetime(self.clock.now() + timedelta(seconds=30), usegmt=True)
        turns: dict[Situation, Turn] = {
            "bad recipient": refusal(21211),
            "bad message": refusal(21617),
            "too fast": refusal(20429, 429),
            "too fast for 7 s": refusal(20429, 429, **{"retry-after": "7"}),
            "too fast until a date": refusal(20429, 429, **{"retry-after": date}),
            "too fast for a nonsense time": refusal(20429, 429, **{"retry-after": "-soon"}),
            "500": answers(500, b"<html>"),
            "garbage": garbles(),
            "hang": hangs(),
            "hang up": hangs_up(),
            "taken and cut off": breaks_off(takes=True),
        }
        if situation == "wrong credentials":
            return Forced(secrets={"auth_token": "another"})
        if situation not in turns:
            return None
        self.double.script(turns[situation])
        return Forced()

    def delivered(self, outgoing: Outgoing) -> Posted:
        text = next(each for each in self.double.received if outgoing.attempt_id in each.status_callback)
        fields = {"MessageSid": text.sid, "MessageStatus": "delivered", "To": text.to, "AccountSid": "AC1"}
        headers, body = self.double.signed(text.status_callback, fields)
        return Posted(text.status_callback, headers, body)

    def sealed(self, body: bytes) -> Posted:
        headers, _ = self.double.signed(CALLBACK_URL, {})
        return Posted(CALLBACK_URL, headers, body)


@pytest.fixture
async def stand() -> AsyncIterator[TwilioStand]:
    async with TwilioDouble() as double, TwilioStand(double) as stand:
        yield stand


class TestTwilio(SenderConformance, CallbackConformance):
    provider = ("sms", "twilio")


async def sent(stand: TwilioStand, outgoing: Outgoing) -> object:
    return await stand.registry.open(stand.connection()).send(outgoing)


async def test_callback_address_validity_sender_and_trace_go_along(stand):
    outgoing = stand.outgoing(valid_until=stand.clock.now() + timedelta(minutes=10))
    assert isinstance(await sent(stand, outgoing), Accepted)
    request = stand.double.requests[0]
    fields = request.form()
    assert fields["StatusCallback"] == f"{CALLBACK_URL}?a={outgoing.attempt_id}"
    assert fields["ValidityPeriod"] == "600"
    assert fields["From"] == "+15005550006"
    assert request.headers["traceparent"] == outgoing.trace


async def test_a_customer_who_said_stop_is_opted_out(stand):
    stand.double.refuses[stand.recipient] = 21610
    outcome = await sent(stand, stand.outgoing())
    assert isinstance(outcome, Permanent)
    assert outcome.suppress == "opt_out"


async def test_an_attempt_whose_answer_was_lost_is_found_again(stand):
    outgoing, other = stand.outgoing(), stand.outgoing()
    stand.double.script(breaks_off(takes=True))
    sender = stand.registry.open(stand.connection())
    assert isinstance(await sender.send(outgoing), Uncertain)
    found = await sender.find(outgoing)
    assert found == Accepted(stand.double.received[0].sid)
    stand.double.received.clear()
    assert await sender.find(other) == NotThere()


async def test_an_attempt_is_found_at_a_customers_who_has_had_many_long_messages(stand):
    earlier = Text(
        sid="SM0",
        to=stand.recipient,
        sender="+15005550006",
        body="Ваш заказ отправлен. " * 70,
        status_callback="",
        created="Mon, 23 Nov 2020 10:00:00 +0000",
        traceparent=None,
        status="delivered",
    )
    stand.double.received += [earlier] * 200
    outgoing, never_sent = stand.outgoing(), stand.outgoing()
    sender = stand.registry.open(stand.connection())
    assert await sender.find(never_sent) == NotThere()
    stand.double.script(breaks_off(takes=True))
    assert isinstance(await sender.send(outgoing), Uncertain)
    assert await sender.find(outgoing) == Accepted(stand.double.received[-1].sid)


async def test_when_it_cannot_be_asked_now_it_stays_uncertain(stand):
    sender = stand.registry.open(stand.connection(settings=stand.go_away()))
    assert isinstance(await sender.find(stand.outgoing()), Uncertain)
    stranger = stand.registry.open(stand.connection(secrets={"auth_token": "another"}))
    assert isinstance(await stranger.find(stand.outgoing()), Uncertain)


async def test_a_messaging_service_and_an_api_key_are_used_when_configured(stand):
    settings = {**stand.settings, "messaging_service_sid": "MG1", "api_key_sid": "SK1"}
    del settings["from"]
    secrets = {**stand.secrets, "api_key_secret": "k"}
    checked = stand.registry.check("sms", "twilio", settings, secrets)
    assert not checked.faults
    connection = stand.connection(secrets={"api_key_secret": "k"})
    connection = type(connection)(
        connection.id, connection.storefront_id, "test", "main", "sms", "twilio", checked.settings, checked.secrets, 1
    )
    await stand.registry.open(connection).send(stand.outgoing())
    request = stand.double.requests[0]
    assert request.headers["authorization"] == "Basic U0sxOms="
    assert request.form()["MessagingServiceSid"] == "MG1"
    assert "From" not in request.form()
