"""What Firebase's answers mean."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import FixedClock
from tidings.adapters.http import HttpResponse
from tidings.adapters.push.fcm_answers import classify, is_stale_token, target_of
from tidings.delivery.ports import (
    Accepted,
    Content,
    Misconfigured,
    Outcome,
    Outgoing,
    Permanent,
    Throttled,
    Transient,
    Uncertain,
)

NOW = FixedClock().now()
FCM = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD = "type.googleapis.com/google.rpc.BadRequest"


def outgoing(to: str = "device-1") -> Outgoing:
    return Outgoing("att_1", "msg_1", "ord_1", "push", to, Content("text"), "de", "https://x", NOW)


def answered(status: int, word: str | None = None, code: str | None = None, **more: object) -> Outcome:
    details = [] if code is None else [{"@type": FCM, "errorCode": code}]
    if "fields" in more:
        details.append({"@type": BAD, "fieldViolations": [{"field": name} for name in more["fields"]]})
    error = {"code": status, "status": word, "message": more.get("message", "no"), "details": details}
    headers = more.get("headers", {})
    return classify(HttpResponse(status, headers, json.dumps({"error": error}).encode()), outgoing(), NOW)


def test_a_target_is_a_token_or_an_installation():
    assert target_of(outgoing("abc:APA91b")) == ("token", "abc:APA91b")
    assert target_of(outgoing("fid:abc")) == ("fid", "abc")


@pytest.mark.parametrize(
    ("status", "word", "code", "kind", "suppress"),
    [
        (404, "NOT_FOUND", "UNREGISTERED", Permanent, "hard_bounce"),
        (404, "NOT_FOUND", None, Misconfigured, None),
        (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", Permanent, None),
        (403, "PERMISSION_DENIED", None, Misconfigured, None),
        (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", Misconfigured, None),
        (401, "UNAUTHENTICATED", "APNS_AUTH_ERROR", Misconfigured, None),
        (401, "UNAUTHENTICATED", None, Misconfigured, None),
        (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", Throttled, None),
        (429, "RESOURCE_EXHAUSTED", None, Throttled, None),
        (503, "UNAVAILABLE", "UNAVAILABLE", Transient, None),
        (500, "INTERNAL", None, Transient, None),
        (504, "DEADLINE_EXCEEDED", None, Uncertain, None),
        (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", Permanent, None),
        (400, "SOMETHING_NEW", None, Permanent, None),
        (413, None, None, Permanent, None),
        (302, None, None, Misconfigured, None),
        (204, None, None, Uncertain, None),
    ],
)
def test_each_code_has_its_meaning(status, word, code, kind, suppress):
    outcome = answered(status, word, code)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "suppress", None) == suppress


@pytest.mark.parametrize(
    ("message", "fields", "suppress"),
    [
        ("The registration token is not a valid FCM registration token", None, "hard_bounce"),
        ("The fid is not valid", None, "hard_bounce"),
        ("Android message is too big", None, None),
        ("Invalid value", ["message.token"], "hard_bounce"),
        ("Invalid value", ["message.data[0].value"], None),
        ("The registration token is fine, the rest is not", ["message.token", "message.data"], None),
        ("Invalid value", [], None),
    ],
)
def test_only_a_bad_target_is_given_up(message, fields, suppress):
    more = {} if fields is None else {"fields": fields}
    outcome = answered(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", message=message, **more)
    assert isinstance(outcome, Permanent)
    assert outcome.suppress == suppress


@pytest.mark.parametrize("violations", [7, "message.token", {"field": "message.token"}, None])
def test_violations_that_are_no_list_blame_nobody(violations):
    details = [{"@type": FCM, "errorCode": "INVALID_ARGUMENT"}, {"@type": BAD, "fieldViolations": violations}]
    body = json.dumps({"error": {"status": "INVALID_ARGUMENT", "message": "no", "details": details}}).encode()
    assert classify(HttpResponse(400, {}, body), outgoing(), NOW) == Permanent("no", "INVALID_ARGUMENT")


def test_a_wait_is_heard_and_else_the_usual_one_is_kept():
    assert answered(429, "RESOURCE_EXHAUSTED").retry_after == timedelta(seconds=60)
    assert answered(429, "RESOURCE_EXHAUSTED", headers={"retry-after": "5"}).retry_after == timedelta(seconds=5)
    assert answered(503, "UNAVAILABLE").retry_after == timedelta(seconds=10)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"name": 7}', b'{"name": ""}'])
def test_a_success_without_a_name_is_none(body):
    assert isinstance(classify(HttpResponse(200, {}, body), outgoing(), NOW), Uncertain)


def test_a_success_has_a_name():
    name = b'{"name": "projects/p/messages/1"}'
    assert classify(HttpResponse(200, {}, name), outgoing(), NOW) == Accepted("projects/p/messages/1")


def test_our_token_and_apples_key_are_told_apart():
    def refused(code: object) -> bool:
        details = [] if code is None else [{"@type": FCM, "errorCode": code}]
        error = {"error": {"status": "UNAUTHENTICATED", "details": details}}
        return is_stale_token(HttpResponse(401, {}, json.dumps(error).encode()))

    assert refused(None)
    assert not refused("THIRD_PARTY_AUTH_ERROR")
    assert refused(7)
    assert is_stale_token(HttpResponse(401, {}, b"<html>"))
    assert not is_stale_token(HttpResponse(403, {}, b""))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "details", "@type", "errorCode", "status", "fieldViolations", "field", "message"]
            ),
            inner | st.sampled_from([FCM, BAD, "INVALID_ARGUMENT"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(status=st.integers(100, 599), body=JSON)
def test_every_answer_has_a_meaning(status, body):
    outcome = classify(HttpResponse(status, {}, json.dumps(body).encode()), outgoing(), NOW)
    assert getattr(outcome, "reason", "taken")
