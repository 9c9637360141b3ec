"""Firebase against its double."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.contract.conformance import SenderConformance
from tests.contract.stand import IMPATIENT, Forced, Situation, Stand, Taken
from tests.doubles.fcm import FcmDouble
from tests.doubles.turns import Turn, answers, breaks_off, garbles, hangs, hangs_up
from tests.fixtures.processes import free_port
from tidings.delivery.ports import Accepted, Content, Misconfigured, Outcome, Permanent, Throttled, Transient


def refusal(status: int, word: str, **headers: str) -> Turn:
    return answers(status, {"error": {"code": status, "status": word, "message": "device-token-1 said no"}}, headers)


class FcmStand(Stand):
    channel = "push"
    provider = "fcm"
    recipient = "device-token-1"

    def __init__(self, double: FcmDouble) -> None:
        super().__init__()
        self.double = double

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.double.settings

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.double.secrets

    async def taken(self) -> list[Taken]:
        return [Taken(push.target, push.text, push.title) for push in self.double.received]

    def go_away(self) -> Mapping[str, Any]:
        return {"base_url": f"http://127.0.0.1:{free_port()}"}

    def force(self, situation: Situation) -> Forced | None:
        date = format_datetime(self.clock.now() + timedelta(seconds=30), usegmt=True)
        turns: dict[Situation, Turn] = {
            "bad message": refusal(400, "INVALID_ARGUMENT"),
            "not now": refusal(503, "UNAVAILABLE"),
            "too fast": refusal(429, "RESOURCE_EXHAUSTED"),
            "too fast for 7 s": refusal(429, "RESOURCE_EXHAUSTED", **{"retry-after": "7"}),
            "too fast until a date": refusal(429, "RESOURCE_EXHAUSTED", **{"retry-after": date}),
            "too fast for a nonsense time": refusal(429, "RESOURCE_EXHAUSTED", **{"retry-after": "-soon"}),
            "500": answers(500, b"<html>"),
            "garbage": garbles(),
            "hang": hangs(),
            "hang up": hangs_up(),
            "taken and cut off": breaks_off(takes=True),
        }
        if situation == "bad recipient":
            self.double.refuses["gone"] = "UNREGISTERED"
            return Forced(to="gone")
        if situation == "wrong credentials":
            account = json.loads(self.double.service_account)
            return Forced(secrets={"service_account": json.dumps({**account, "client_email": "a@shop.example"})})
        self.double.script(turns[situation])
        return Forced()


@pytest.fixture
async def stand() -> AsyncIterator[FcmStand]:
    clock = FixedClock()
    async with FcmDouble(clock=clock) as double, FcmStand(double) as stand:
        stand.clock = clock
        yield stand


class TestFcm(SenderConformance):
    provider = ("push", "fcm")


async def sent(stand: FcmStand, **changes: Any) -> Outcome:
    return await stand.registry.open(stand.connection()).send(stand.outgoing(**changes))


async def test_a_second_copy_replaces_the_first_and_dies_with_the_news(stand):
    outgoing = stand.outgoing(content=Content("text", "title", extras={"data": {"link": "x", "from": "y", "n": 1}}))
    assert isinstance(await stand.registry.open(stand.connection()).send(outgoing), Accepted)
    (push,) = stand.double.received
    assert (push.target_kind, push.title, push.text) == ("token", "title", "text")
    assert push.collapse_key == outgoing.message_id
    assert push.message["android"]["ttl"] == "7200s"
    assert push.message["android"]["notification"] == {"tag": outgoing.message_id}
    headers = push.message["apns"]["headers"]
    assert headers["apns-collapse-id"] == outgoing.message_id
    assert headers["apns-expiration"] == str(int(outgoing.valid_until.timestamp()))
    assert push.data == {"link": "x", "n": "1", "order_id": outgoing.order_id, "message_id": outgoing.message_id}
    assert push.traceparent == outgoing.trace


async def test_an_installation_id_is_its_own_kind_of_target(stand):
    assert isinstance(await sent(stand, to="fid:installation-1"), Accepted)
    (push,) = stand.double.received
    assert (push.target_kind, push.target) == ("fid", "installation-1")


@pytest.mark.parametrize(
    ("code", "kind", "suppress"),
    [
        ("UNREGISTERED", Permanent, "hard_bounce"),
        ("INVALID_ARGUMENT", Permanent, "hard_bounce"),
        ("SENDER_ID_MISMATCH", Permanent, None),
        ("THIRD_PARTY_AUTH_ERROR", Misconfigured, None),
        ("QUOTA_EXCEEDED", Throttled, None),
        ("UNAVAILABLE", Transient, None),
        ("INTERNAL", Transient, None),
    ],
)
async def test_firebases_own_codes_are_understood(stand, code, kind, suppress):
    stand.double.refuses[stand.recipient] = code
    outcome = await sent(stand)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "suppress", None) == suppress


async def test_a_project_that_is_not_there_condemns_no_device(stand):
    sender = stand.registry.open(stand.connection(settings={"project_id": "elsewhere"}))
    assert isinstance(await sender.send(stand.outgoing()), Misconfigured)


async def test_one_token_serves_many_senders_at_once(stand):
    sender = stand.registry.open(stand.connection())
    async with asyncio.TaskGroup() as group:
        for _ in range(30):
            group.create_task(sender.send(stand.outgoing()))
    assert len(stand.double.received) == 30
    assert stand.double.tokens_issued == 1


async def test_a_token_is_fetched_anew_before_it_ends(stand):
    sender = stand.registry.open(stand.connection())
    for minutes in (0, 50, 10):
        stand.clock.advance(timedelta(minutes=minutes))
        assert isinstance(await sender.send(stand.outgoing()), Accepted)
    assert stand.double.tokens_issued == 2


async def test_a_token_refused_before_its_time_is_replaced_once(stand):
    sender = stand.registry.open(stand.connection())
    await sender.send(stand.outgoing())
    stand.double.revoke()
    assert isinstance(await sender.send(stand.outgoing()), Accepted)
    assert stand.double.tokens_issued == 2
    stand.double.script(refusal(401, "UNAUTHENTICATED"), times=2)
    assert isinstance(await sender.send(stand.outgoing()), Misconfigured)
    assert stand.double.tokens_issued == 3


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (answers(400, {"error": "invalid_grant"}), Misconfigured),
        (answers(429, b"", {"retry-after": "3"}), Throttled),
        (answers(503, b"<html>"), Transient),
        (answers(200, b"<html>"), Transient),
    ],
)
async def test_without_a_token_certainly_nothing_was_sent(stand, turn, kind):
    stand.double.script_token(turn)
    assert isinstance(await sent(stand), kind)
    assert not stand.double.received


async def test_a_refused_token_is_one_call_for_all_who_wait(stand):
    stand.double.script_token(answers(503, b"<html>"), times=30)
    sender = stand.registry.open(stand.connection())
    async with asyncio.TaskGroup() as group:
        sends = [group.create_task(sender.send(stand.outgoing())) for _ in range(20)]
    assert all(isinstance(each.result(), Transient) for each in sends)
    assert sum(request.path == "/token" for request in stand.double.requests) == 1


async def test_a_token_that_still_lasts_is_used_when_no_other_comes(stand):
    sender = stand.registry.open(stand.connection())
    await sender.send(stand.outgoing())
    stand.clock.advance(timedelta(minutes=56))
    stand.double.script_token(answers(503, b"<html>"))
    assert isinstance(await sender.send(stand.outgoing()), Accepted)


async def test_a_token_endpoint_that_hangs_leaves_the_message_certainly_unsent(stand):
    double = stand.double
    async with FcmDouble() as deaf:
        deaf.script(hangs())
        stand.patience = IMPATIENT
        settings = {"token_url": f"{deaf.base_url}/deaf"}
        outcome = await stand.registry.open(stand.connection(settings=settings)).send(stand.outgoing())
    assert isinstance(outcome, Transient)
    assert not double.received


async def test_an_account_without_a_project_is_a_misconfiguration(stand):
    account = json.loads(stand.double.service_account)
    del account["project_id"]
    sender = stand.registry.open(stand.connection(secrets={"service_account": json.dumps(account)}))
    assert isinstance(await sender.send(stand.outgoing()), Misconfigured)
