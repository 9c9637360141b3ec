"""How an account at Twilio is configured."""

from base64 import b64decode

import pytest
from pydantic import ValidationError

from tidings.adapters.sms.twilio_account import TwilioSecrets, TwilioSettings, authorised, messages_url, sender_field


def settings(**more: object) -> TwilioSettings:
    return TwilioSettings.model_validate({"account_sid": "AC1", "from": "+15005550006", **more})


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_sid": "XX1"},
        {"account_sid": "AC1/../AC2"},
        {"from": None},
        {"messaging_service_sid": "MG1"},
        {"from": None, "messaging_service_sid": "XX1"},
        {"api_key_sid": "AC1"},
        {"base_url": "http://127.0.0.1"},
        {"sender": "+15005550006"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_it_is_addressed_by_its_account():
    assert messages_url(settings()) == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    assert sender_field(settings()) == {"From": "+15005550006"}
    service = settings(**{"from": None, "messaging_service_sid": "MG1"})
    assert sender_field(service) == {"MessagingServiceSid": "MG1"}


@pytest.mark.parametrize(
    ("more", "secrets", "pair"),
    [
        ({}, {}, b"AC1:t"),
        ({"api_key_sid": "SK1"}, {}, b"AC1:t"),
        ({}, {"api_key_secret": "k"}, b"AC1:t"),
        ({"api_key_sid": "SK1"}, {"api_key_secret": "k"}, b"SK1:k"),
    ],
)
def test_an_api_key_goes_before_the_token_if_it_is_whole(more, secrets, pair):
    header = authorised(settings(**more), TwilioSecrets(auth_token="t", **secrets))["authorization"]
    assert b64decode(header.removeprefix("Basic ")) == pair
