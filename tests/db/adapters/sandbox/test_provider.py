"""The sandbox as its callers see it: something to send with."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from tests.db.adapters.sandbox.play import SECRET, connection, outgoing
from tidings.adapters.http import Http
from tidings.adapters.provider import Tools
from tidings.adapters.sandbox.provider import SANDBOX, SandboxSecrets, SandboxSettings, new_signing_secret
from tidings.delivery.ports import Accepted, Content, NotThere, Permanent, Throttled, Uncertain


@pytest.fixture
async def tools(worker_begin, clock):
    async with Http() as http:
        yield Tools(http=http, clock=clock, begin=worker_begin)


@pytest.fixture
def sender(shop, tools):
    return SANDBOX.open(connection(shop.scope), tools)


async def test_what_it_takes_it_finds_again_under_the_same_id(sender, clock):
    message = outgoing(clock, "delivered@sandbox.test")
    taken = await sender.send(message)
    assert isinstance(taken, Accepted)
    assert taken.provider_message_id == message.attempt_id.replace("att_", "sbx_")
    assert await sender.find(message) == taken


async def test_what_never_came_is_not_there(sender, clock):
    assert await sender.find(outgoing(clock, "delivered@sandbox.test")) == NotThere()


async def test_what_was_refused_is_not_there(sender, clock):
    message = outgoing(clock, "+15005550103")
    assert isinstance(await sender.send(message), Permanent)
    assert await sender.find(message) == NotThere()


async def test_a_throttled_number_is_taken_in_the_end_whatever_attempt_it_is(sender, clock):
    tries = [outgoing(clock, "+15005550104", message_id="msg_1") for _ in range(3)]
    answers = [await sender.send(message) for message in tries]
    assert [type(answer) for answer in answers] == [Throttled, Throttled, Accepted]


async def test_letters_that_cannot_be_stored_are_refused_for_good(sender, clock):
    message = replace(outgoing(clock, "ada@example.com"), content=Content(text="a\0b"))
    assert isinstance(await sender.send(message), Permanent)


async def test_a_store_that_does_not_answer_leaves_it_uncertain(sender, clock, postgres):
    message = outgoing(clock, "ada@example.com")
    postgres.stop()
    try:
        assert isinstance(await sender.send(message), Uncertain)
        assert isinstance(await sender.find(message), Uncertain)
    finally:
        postgres.start()
    assert await sender.find(message) == NotThere()
    assert isinstance(await sender.send(message), Accepted)


async def test_it_can_be_asked_and_is_patient_as_it_was_told(shop, tools):
    sender = SANDBOX.open(connection(shop.scope, patience_seconds=7), tools)
    assert sender.can_be_asked
    assert sender.patience == timedelta(seconds=7)
    await sender.close()


async def test_without_a_database_it_cannot_be_opened(shop, clock):
    async with Http() as http:
        with pytest.raises(LookupError):
            SANDBOX.open(connection(shop.scope), Tools(http=http, clock=clock))


def test_it_serves_every_channel_and_calls_back():
    assert SANDBOX.channels == ("email", "sms", "push", "voice", "payment", "stock")
    assert SANDBOX.reader is not None


@pytest.mark.parametrize("settings", [{"beat_seconds": -1}, {"patience_seconds": 0}, {"speed": 1}])
def test_settings_that_make_no_sense_are_refused(settings):
    with pytest.raises(ValidationError):
        SandboxSettings.model_validate(settings)


@pytest.mark.parametrize("secret", ["", "secret", "whsec_short", "whsec_" + "-" * 32, SECRET.removeprefix("whsec_")])
def test_a_secret_in_another_form_is_refused(secret):
    with pytest.raises(ValidationError):
        SandboxSecrets(signing_secret=secret)


def test_a_made_up_secret_is_a_good_one_and_another_each_time():
    first, second = new_signing_secret(), new_signing_secret()
    assert first != second
    SandboxSecrets(signing_secret=first)
    assert list(SANDBOX.own_secrets) == ["signing_secret"]
