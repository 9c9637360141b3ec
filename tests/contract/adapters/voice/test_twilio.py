"""Twilio Voice against its double."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.contract.conformance import CallbackConformance, SenderConformance
from tests.contract.stand import CALLBACK_URL, Forced, Situation, Taken, TalkingStand
from tests.doubles.turns import Turn, answers, breaks_off, garbles, hangs, hangs_up
from tests.doubles.twilio_voice import TwilioVoiceDouble
from tests.fixtures.processes import free_port
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import Accepted, Content, Outgoing, Permanent, Uncertain


def refusal(code: int, status: int = 400, **headers: str) -> Turn:
    return answers(status, {"code": code, "message": f"Refused: +4915112345678 ({code})", "status": status}, headers)


class TwilioVoiceStand(TalkingStand):
    channel = "voice"
    provider = "twilio"
    recipient = "+4915112345678"

    def __init__(self, double: TwilioVoiceDouble) -> None:
        super().__init__()
        self.double = double

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.double.settings

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.double.secrets

    async def taken(self) -> list[Taken]:
        return [Taken(call.to, call.said) for call in self.double.received]

    def go_away(self) -> Mapping[str, Any]:
        return {"base_url": f"http://127.0.0.1:{free_port()}"}

    def force(self, situation: Situation) -> Forced | None:
        date = format_datetime(self.clock.now() + timedelta(seconds=30), usegmt=True)
        turns: dict[Situation, Turn] = {
            "bad recipient": refusal(21211),
            "bad message": refusal(21205),
            "too fast": refusal(10004, 429),
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
        call = next(each for each in self.double.received if outgoing.attempt_id in each.status_callback)
        call.posted = 3
        headers, body = self.double.callback(call, "completed", AnsweredBy="human", CallDuration="14")
        return Posted(call.status_callback, headers, body)

    def sealed(self, body: bytes) -> Posted:
        headers, _ = self.double.signed(CALLBACK_URL, {})
        return Posted(CALLBACK_URL, headers, body)


@pytest.fixture
async def stand() -> AsyncIterator[TwilioVoiceStand]:
    async with TwilioVoiceDouble() as double, TwilioVoiceStand(double) as stand:
        yield stand


class TestTwilioVoice(SenderConformance, CallbackConformance):
    provider = ("voice", "twilio")


async def sent(stand: TwilioVoiceStand, outgoing: Outgoing, **settings: object) -> object:
    return await stand.registry.open(stand.connection(settings=settings)).send(outgoing)


async def test_each_step_is_asked_for_by_itself_with_our_attempt_in_its_address(stand: TwilioVoiceStand) -> None:
    outgoing = stand.outgoing()
    assert isinstance(await sent(stand, outgoing, ring_seconds=20), Accepted)
    (call,) = stand.double.received
    assert call.events == ["initiated", "ringing", "answered", "completed"]
    assert call.status_callback == f"{CALLBACK_URL}?a={outgoing.attempt_id}"
    assert call.detects_machines
    request = stand.double.requests[0]
    fields = dict(parse_qsl(request.body.decode()))
    assert (fields["Timeout"], fields["TimeLimit"], fields["From"]) == ("20", "300", "+15005550006")
    assert request.headers["traceparent"] == outgoing.trace


async def test_the_voice_speaks_the_language_of_the_words(stand: TwilioVoiceStand) -> None:
    await sent(stand, stand.outgoing(locale="de-DE"))
    # The customer's language was not worded, the shop's was.
    await sent(stand, stand.outgoing(locale="fi-FI", content=Content("Bonjour", extras={"language": "fr"})))
    await sent(stand, stand.outgoing(locale="de-DE"), voices={"de": "Polly.Marlene"})
    assert [(call.language, call.voice) for call in stand.double.received] == [
        ("de-DE", "Polly.Vicki"),
        ("fr-FR", "Polly.Lea"),
        ("de-DE", "Polly.Marlene"),
    ]


async def test_a_script_that_no_call_can_hold_is_refused_before_anybody_is_rung(stand: TwilioVoiceStand) -> None:
    outcome = await sent(stand, stand.outgoing(content=Content("&" * 900)))
    assert isinstance(outcome, Permanent)
    assert (outcome.code, outcome.suppress) == ("too_long", None)
    assert not stand.double.requests


async def test_a_call_whose_answer_was_lost_is_not_made_again(stand: TwilioVoiceStand) -> None:
    outgoing = stand.outgoing()
    stand.double.script(breaks_off(takes=True))
    sender = stand.registry.open(stand.connection())
    assert isinstance(await sender.send(outgoing), Uncertain)
    assert not sender.can_be_asked
    assert isinstance(await sender.find(outgoing), Uncertain)
    assert len(stand.double.received) == 1
