"""How an account at Twilio is addressed and authorised."""

from base64 import b64decode

import pytest

from tidings.adapters.twilio.account import AccountSettings, TwilioSecrets, authorised, form_headers, resource_url


def settings(**more: object) -> AccountSettings:
    return AccountSettings.model_validate({"account_sid": "AC1", **more})


def test_what_is_made_has_its_place_below_the_account():
    assert resource_url(settings(), "Calls") == "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json"
    headers = form_headers(settings(), TwilioSecrets(auth_token="t"))
    assert headers["content-type"] == "application/x-www-form-urlencoded"


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
