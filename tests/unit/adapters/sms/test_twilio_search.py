"""Whether the list of what went to a number holds an attempt."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tidings.adapters.http import HttpResponse
from tidings.adapters.sms.twilio_account import TwilioSecrets, TwilioSettings
from tidings.adapters.sms.twilio_search import found, question
from tidings.delivery.ports import Accepted, Content, NotThere, Outgoing, Uncertain
from tidings.kit.ids import wire

STARTED = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ATTEMPT = wire("att", UUID(int=int(STARTED.timestamp() * 1000) << 80))


def outgoing(attempt: str = ATTEMPT) -> Outgoing:
    return Outgoing(attempt, "msg_1", "ord_1", "sms", "+4915112345678", Content("Your order #1\n"), "de", "x", STARTED)


def message(**more: object) -> dict[str, object]:
    base = {"sid": "SM1", "body": "Your order #1", "direction": "outbound-api", "status": "queued"}
    return {**base, "date_created": "Mon, 23 Nov 2026 10:00:01 +0000", **more}


def judged(*messages: object, status: int = 200, more: str | None = None, attempt: str = ATTEMPT):
    body = json.dumps({"messages": messages, "next_page_uri": more}).encode()
    return found(HttpResponse(status, {}, body), outgoing(attempt))


def test_the_question_names_the_number():
    settings = TwilioSettings.model_validate({"account_sid": "AC1", "from": "+15005550006"})
    call = question(settings, TwilioSecrets(auth_token="t"), outgoing())
    assert call.method == "GET"
    assert call.url.endswith("/Messages.json?To=%2B4915112345678&PageSize=20")


@pytest.mark.parametrize(
    "message",
    [
        message(),
        message(body="Sent from your Twilio trial account - Your order #1"),
        message(status="delivered"),
        message(direction="outbound-reply"),
        message(date_created=None),
        message(date_created="Mon, 23 Nov 99999999999 10:00:01 +0000"),
        message(date_created="Mon, 23 Nov 2026 10:00:01"),
        message(date_created="Mon, 23 Nov 2026 09:58:30 +0000"),
    ],
)
def test_a_message_with_these_words_from_then_on_is_the_attempt(message):
    assert judged("nonsense", message) == Accepted("SM1")


@pytest.mark.parametrize(
    "message",
    [
        message(body="Your order #2"),
        message(body=None),
        message(direction="inbound"),
        message(status="failed"),
        message(status="undelivered"),
        message(status="canceled"),
        message(date_created="Mon, 23 Nov 2026 09:50:00 +0000"),
    ],
)
def test_another_message_is_not(message):
    assert judged(message) == NotThere()


def test_an_empty_list_means_that_it_is_not_there():
    assert judged() == NotThere()


def test_a_list_that_goes_on_does_not_tell_unless_it_reaches_back_far_enough():
    assert isinstance(judged(message(body="other"), more="/next"), Uncertain)
    old = message(body="old", date_created="Mon, 23 Nov 2026 09:00:00 +0000")
    assert judged(message(body="other"), old, more="/next") == NotThere()


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_an_answer_that_is_no_list_tells_nothing(status):
    assert isinstance(judged(message(), status=status), Uncertain)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"messages": 7}'])
def test_a_list_that_makes_no_sense_tells_nothing(body):
    assert isinstance(found(HttpResponse(200, {}, body), outgoing()), Uncertain)


def test_an_attempt_whose_id_tells_no_time_is_looked_for_in_all_there_is():
    assert judged(message(date_created="Mon, 23 Nov 2020 10:00:00 +0000"), attempt="att_1") == Accepted("SM1")
