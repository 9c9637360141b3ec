"""Access tokens of a Google service account; against Google's double: tests/contract."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from tidings.adapters.http import HttpFailure, HttpResponse
from tidings.adapters.push.google_token import ServiceAccount, Token, assertion, classify, request
from tidings.delivery.ports import Misconfigured, Throttled, Transient

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def account(**more: object) -> ServiceAccount:
    whole = {"client_email": "a@p.iam.gserviceaccount.com", "private_key": PEM, "private_key_id": "key-1", **more}
    return ServiceAccount.model_validate_json(json.dumps({"type": "service_account", "client_id": "1", **whole}))


def test_the_statement_is_what_google_asks_for():
    statement = assertion(account(), NOW)
    assert jwt.get_unverified_header(statement) == {"typ": "JWT", "alg": "RS256", "kid": "key-1"}
    options = {"verify_exp": False, "verify_iat": False}
    audience = "https://oauth2.googleapis.com/token"
    claims = jwt.decode(statement, KEY.public_key(), algorithms=["RS256"], audience=audience, options=options)
    assert claims == {
        "iat": 1795428000,
        "exp": 1795431600,
        "iss": "a@p.iam.gserviceaccount.com",
        "aud": audience,
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
    }
    # RSA signs the same the same way.
    assert statement == assertion(account(), NOW)
    assert "kid" not in jwt.get_unverified_header(assertion(account(private_key_id=None), NOW))


def test_it_is_exchanged_at_the_accounts_own_endpoint():
    call = request(account(token_uri="https://token.example/x"), NOW)
    form = parse_qs(call.body.decode())
    assert (call.method, call.url) == ("POST", "https://token.example/x")
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert form["assertion"] == [assertion(account(token_uri="https://token.example/x"), NOW)]


OTHER_KIND = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_email": ""},
        {"private_key": "nonsense"},
        {"private_key": OTHER_KIND.decode()},
        {"token_uri": "http://127.0.0.1/token"},
    ],
)
def test_an_account_that_cannot_work_is_refused(wrong):
    with pytest.raises(ValidationError) as refused:
        account(**wrong)
    assert PEM[100:150] not in str(refused.value)


def test_neither_key_nor_token_is_ever_printed():
    assert PEM[100:150] not in repr(account())
    assert "s3cret" not in repr(Token("s3cret", NOW))


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [(3599, 3599), (60.5, 60.5), (None, 3599), ("60", 3599), (True, 3599), (-1, 3599), (1e9, 3599)],
)
def test_a_token_lasts_as_long_as_google_says(lifetime, seconds):
    body = json.dumps({"access_token": "ya29.x", "expires_in": lifetime}).encode()
    assert classify(HttpResponse(200, {}, body), NOW) == Token("ya29.x", NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (HttpResponse(400, {}, b'{"error": "invalid_grant", "error_description": "Invalid JWT"}'), Misconfigured),
        (HttpResponse(401), Misconfigured),
        (HttpResponse(302), Misconfigured),
        (HttpResponse(429, {"retry-after": "3"}), Throttled),
        (HttpResponse(500), Transient),
        (HttpResponse(503, {}, b"<html>"), Transient),
        (HttpResponse(200, {}, b"<html>"), Transient),
        (HttpResponse(200, {}, b'{"access_token": "a\\nb"}'), Transient),
        (HttpResponse(200, {}, b'{"access_token": 7}'), Transient),
        (HttpFailure("hangs", "unknown"), Transient),
        (HttpFailure("refused", "no"), Transient),
    ],
)
def test_without_a_token_nothing_was_sent_whatever_the_reason(answer, kind):
    outcome = classify(answer, NOW)
    assert isinstance(outcome, kind)
    assert outcome.reason.startswith("no access token")
