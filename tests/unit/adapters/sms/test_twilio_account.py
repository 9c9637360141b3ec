"""How an account at Twilio is configured."""

import pytest
from pydantic import ValidationError

from tidings.adapters.sms.twilio_account import TwilioSettings, messages_url, sender_field


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
