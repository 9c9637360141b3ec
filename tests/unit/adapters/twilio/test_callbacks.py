"""How Twilio signs what it posts, and how it names our attempt; Twilio's own package is the judge."""

from urllib.parse import urlencode
from uuid import UUID

import pytest
from twilio.request_validator import RequestValidator

from tests.clock import FixedClock
from tidings.adapters.twilio.callbacks import (
    SETTINGS_HEADER,
    SIGNATURE_HEADER,
    attempt_in,
    callback_address,
    fields_of,
    unknown,
    verified,
)
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import ConnectionConfig, Content, Outgoing

TOKEN = "2c8f5f0d1e6b4a3f9d7e8c1b0a594837"
URL = "https://tidings.example.com/v1/callbacks/con_0198?a=att_1"
STATUS = {"MessageSid": "SM1", "SmsSid": "SM1", "MessageStatus": "delivered", "To": "+4915112345678", "Price": ""}


def connection(webhook_key_id: str | None = None, **secrets: str) -> ConnectionConfig:
    shown = {} if webhook_key_id is None else {"webhook_key_id": webhook_key_id}
    kept = {"auth_token": TOKEN, **secrets}
    return ConnectionConfig(UUID(int=1), UUID(int=2), "live", "main", "sms", "twilio", shown, kept, 1)


def posted(fields: dict[str, str], secret: str = TOKEN, algorithm: str = "HMAC_SHA1", **headers: str) -> Posted:
    seal = RequestValidator(secret).compute_signature(URL, fields, algorithm)
    return Posted(URL, {SIGNATURE_HEADER: seal, **headers}, urlencode(fields).encode())


@pytest.mark.parametrize("address", ["https://x/con_1", "https://x/con_1?n=1"])
def test_an_attempt_is_found_in_the_address_that_it_was_put_into(address):
    outgoing = Outgoing("att_1", "msg_1", "ord_1", "sms", "+49", Content("text"), "de", address, FixedClock().now())
    assert attempt_in(callback_address(outgoing)) == "att_1"
    assert attempt_in(address) is None


def test_a_form_is_read_blanks_and_all_and_made_fit_to_be_kept():
    fields = fields_of(Posted(URL, {}, b"A=1&A=2&B=&C=a%00b"))
    assert fields == {"A": "1", "B": "", "C": "a\N{REPLACEMENT CHARACTER}b"}


def test_what_is_of_no_use_has_a_key_of_its_own():
    first, second = unknown(Posted(URL, {}, b"a=1"), "x"), unknown(Posted(URL, {}, b"a=2"), "x")
    assert (first.kind, first.status) == ("ignored", None)
    assert first.key != second.key


def test_both_tokens_count_while_one_is_promoted():
    assert verified(posted(STATUS), connection(auth_token="new", previous_auth_token=TOKEN))
    assert not verified(posted(STATUS), connection(auth_token="new"))


@pytest.mark.parametrize(
    ("settings_header", "algorithm", "configured", "believed"),
    [
        ("key=sk_1,algorithm=HMAC_SHA256", "HMAC_SHA256", "sk_1", True),
        (" key=sk_1 , algorithm=HMAC_SHA256 ,", "HMAC_SHA256", "sk_1", True),
        # A header cannot ask for less, or for another key, than we are configured for.
        ("key=sk_1,algorithm=HMAC_SHA1", "HMAC_SHA1", "sk_1", False),
        ("key=sk_2,algorithm=HMAC_SHA256", "HMAC_SHA256", "sk_1", False),
        ("", "HMAC_SHA1", "sk_1", False),
        ("", "HMAC_SHA256", "sk_1", False),
        # Nor for more, when there is no key for it.
        ("key=sk_1,algorithm=HMAC_SHA256", "HMAC_SHA256", None, False),
        ("key=sk_1,algorithm=HMAC_SHA1", "HMAC_SHA1", None, True),
        ("nonsense", "HMAC_SHA1", None, True),
        ("algorithm=HMAC_MD5", "HMAC_SHA1", None, False),
    ],
)
def test_the_way_of_signing_is_ours_to_choose(settings_header, algorithm, configured, believed):
    headers = {SETTINGS_HEADER: settings_header} if settings_header else {}
    callback = posted(STATUS, TOKEN, algorithm, **headers)
    assert verified(callback, connection(configured, webhook_key_secret=TOKEN)) is believed


def test_without_its_secret_a_shared_key_lets_nothing_pass():
    callback = posted(STATUS, TOKEN, "HMAC_SHA256", **{SETTINGS_HEADER: "key=sk_1,algorithm=HMAC_SHA256"})
    assert not verified(callback, connection("sk_1"))


def test_a_json_body_is_checked_by_its_hash_and_of_no_interest():
    body = b'{"message":"hello","n":1}'
    url = (
        "https://tidings.example.com/v1/callbacks/twilio/events"
        "?bodySHA256=823413129a7f9b4d18e2fc8d31ef93513af3fac77fe067954a379c61dd50293f"
    )
    headers = {SIGNATURE_HEADER: "1ChCvyLbwncz0CqYTOyxBdDGZss=", "content-type": "application/json; charset=utf-8"}
    assert verified(Posted(url, headers, body), connection())
    assert not verified(Posted(url, headers, body + b" "), connection())
