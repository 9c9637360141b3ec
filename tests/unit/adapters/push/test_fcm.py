"""What Firebase is asked to send; against its double: tests/contract."""

import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from tests.clock import FixedClock
from tests.unit.adapters.push.test_google_token import PEM
from tidings.adapters.push.fcm import FcmSecrets, FcmSettings, message, request
from tidings.adapters.push.google_token import Token
from tidings.delivery.ports import Content, Outgoing

NOW = FixedClock().now()
FILE = {"client_email": "a@p.iam.gserviceaccount.com", "private_key": PEM, "project_id": "p"}


def outgoing(**more: object) -> Outgoing:
    fields = {"content": Content("text"), "valid_until": NOW + timedelta(hours=1), **more}
    return Outgoing("att_1", "msg_1", "ord_1", "push", "device-1", locale="de", callback_url="https://x", **fields)


@pytest.mark.parametrize(
    ("valid_for", "ttl"), [(timedelta(hours=1), "3600s"), (timedelta(days=90), "2419200s"), (timedelta(-1), "0s")]
)
def test_it_lives_as_long_as_its_news_within_what_firebase_takes(valid_for, ttl):
    assert message(outgoing(valid_until=NOW + valid_for), NOW)["android"]["ttl"] == ttl


def test_what_the_app_gets_along_is_text_and_none_of_firebases_own_words():
    data = {
        "n": 1,
        "from": "x",
        "message_type": "x",
        "gcm.x": "x",
        "google_x": "x",
        "fromage": "brie",
        "order_id": "forged",
    }
    for extras, expected in (({"data": data}, {"n": "1", "fromage": "brie"}), ({"data": 7}, {}), ({}, {})):
        sent = message(outgoing(content=Content("text", extras=extras)), NOW)
        assert sent["data"] == {**expected, "order_id": "ord_1", "message_id": "msg_1"}
        assert sent["notification"] == {"title": "", "body": "text"}


def test_the_project_is_written_into_the_address_safely():
    call = request(FcmSettings(), "example.com:p", Token("t", NOW), outgoing(), NOW)
    assert call.url == "https://fcm.googleapis.com/v1/projects/example.com:p/messages:send"
    assert call.headers["authorization"] == "Bearer t"


def test_the_account_is_taken_as_text_or_as_the_object_it_is():
    for given in (json.dumps(FILE), FILE):
        stored = FcmSecrets.model_validate({"service_account": given}).service_account
        assert json.loads(stored) == FILE


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("", "text"),
        ("[]", "text"),
        (7, "text"),
        (json.dumps({**FILE, "private_key": "x"}), "private_key"),
        ({**FILE, "token_uri": "http://127.0.0.1/token"}, "token_uri"),
        ({"client_email": "a"}, "private_key"),
    ],
)
def test_an_account_that_cannot_work_is_refused_and_its_fault_named(given, named):
    with pytest.raises(ValidationError, match=named):
        FcmSecrets.model_validate({"service_account": given})
    if named == "token_uri":
        FcmSecrets.model_validate({"service_account": given}, context={"allow_insecure": True})


@pytest.mark.parametrize("wrong", [{"project_id": "a/b"}, {"token_url": "ftp://x"}, {"base_url": "http://127.0.0.1"}])
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        FcmSettings.model_validate(wrong)
