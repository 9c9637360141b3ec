"""SendGrid's events: what each means, and what batches may be made of."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidings.adapters.email.sendgrid_events import SIGNATURE_HEADER, TIMESTAMP_HEADER, SendGridReader
from tidings.callbacks.ports import Posted, ProviderEvent
from tidings.delivery.ports import ConnectionConfig

PUBLIC_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVwvjLjaCY/vdpINk6tg7W9AVD2I1o2xaCqagp/1rayc75UuVq0rzhoOxGI3Q0bQDIPl1GzZ/"
    "hrZYfZQxmDVMyA=="
)
EVENTS = (
    b'[{"email":"ada@example.com","timestamp":1717689599,"smtp-id":"<x@ismtpd-1>","event":"delivered",'
    b'"sg_event_id":"ZXZ0LTE","sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",'
    b'"response":"250 OK","tidings_id":"ntf_01HZX"}]\r\n'
)
SEAL = "MEQCIElyshGDLfYvkRBPxm1JN0ZkKq/Wr1LsKAQv71iaXGTuAiBI6F5PmjDjANE32MKEI/v45mQJgiq7m8+5Z0OFVVU0FQ=="
HEADERS = {TIMESTAMP_HEADER: "1717689600", SIGNATURE_HEADER: SEAL}
CONNECTION = ConnectionConfig(
    UUID(int=1), UUID(int=2), "live", "main", "email", "sendgrid", {}, {"webhook_public_key": PUBLIC_KEY}, 1
)
SIGNED_AT = datetime.fromtimestamp(1717689600, UTC)
READER = SendGridReader()


def read(*items: object) -> list[ProviderEvent]:
    return list(READER.parse(Posted("https://x", {}, json.dumps(items).encode()), CONNECTION))


def event(name: str, **more: object) -> dict[str, object]:
    base = {"email": "ada@example.com", "timestamp": 1717689599, "event": name, "sg_event_id": "e-1"}
    return {**base, "sg_message_id": "abc.recvd-5f54-1-61B4", "tidings_attempt": "att_1", **more}


def test_the_published_batch_is_believed_and_read():
    posted = Posted("https://x", HEADERS, EVENTS)
    assert READER.verify(posted, CONNECTION, SIGNED_AT)
    assert list(READER.parse(posted, CONNECTION)) == [
        ProviderEvent(
            key="ZXZ0LTE",
            kind="receipt",
            provider_status="delivered",
            status="delivered",
            provider_message_id="14c5d75ce93.dfd.64b469",
            at=datetime.fromtimestamp(1717689599, UTC),
            detail={"reason": "250 OK"},
        )
    ]


@pytest.mark.parametrize(
    "headers",
    [{}, {TIMESTAMP_HEADER: "1717689600"}, {SIGNATURE_HEADER: SEAL}, {**HEADERS, TIMESTAMP_HEADER: "soon"},
     {**HEADERS, TIMESTAMP_HEADER: " 1717689600"}, {**HEADERS, TIMESTAMP_HEADER: "9" * 5000}],
)  # fmt: skip
def test_without_its_headers_a_batch_is_not_believed(headers):
    assert READER.verify(Posted("https://x", headers, EVENTS), CONNECTION, SIGNED_AT) is False


@pytest.mark.parametrize(
    ("item", "statuses"),
    [
        (event("processed"), ["accepted"]),
        (event("deferred"), ["deferred"]),
        (event("delivered"), ["delivered"]),
        (event("bounce", type="bounce", status="5.1.1"), ["bounced"]),
        (event("bounce"), ["bounced"]),
        (event("bounce", type="blocked"), ["failed"]),
        (event("dropped", reason="Bounced Address"), ["bounced"]),
        (event("dropped", reason="Invalid"), ["bounced"]),
        (event("dropped", reason="Unsubscribed Address"), ["failed", "opted_out"]),
        (event("dropped", reason="Spam Reporting Address"), ["failed", "complained"]),
        (event("dropped", reason="Recipient List over Package Quota"), ["failed"]),
        (event("spamreport"), ["complained"]),
        (event("unsubscribe"), ["opted_out"]),
        (event("group_unsubscribe"), ["opted_out"]),
    ],
)
def test_each_event_has_its_meaning(item, statuses):
    events = read(item)
    assert [each.status for each in events] == statuses
    assert {(each.kind, each.attempt_id, each.provider_message_id) for each in events} == {("receipt", "att_1", "abc")}
    assert len({each.key for each in events}) == len(statuses)


@pytest.mark.parametrize("name", ["open", "click", "account_status_change", ""])
def test_what_is_of_no_interest_is_ignored(name):
    (each,) = read(event(name))
    assert (each.kind, each.status) == ("ignored", None)


def test_who_subscribes_again_is_opted_in():
    (each,) = read(event("group_resubscribe"))
    assert (each.kind, each.address) == ("opt_in", "ada@example.com")


def test_reasons_are_kept_without_the_address():
    (each,) = read(event("bounce", reason="550 5.1.1 <ada@example.com>: unknown", status="5.1.1"))
    assert each.detail == {"reason": "550 5.1.1 <<recipient>>: unknown", "code": "5.1.1"}


def test_a_poisoned_item_harms_none_of_its_neighbours():
    poison = [None, 7, "x", [], {}, {"event": 7}, event("delivered", timestamp="x", email=7, tidings_attempt=7)]
    events = read(*poison, event("delivered", sg_event_id="e-2"))
    assert events[-1].key == "e-2"
    assert [each.kind for each in events] == ["ignored"] * 6 + ["receipt"] * 2
    assert events[-2].attempt_id is None
    # Each has a key of its own, so that none hides another.
    assert len({each.key for each in events[:6]}) == 6


@pytest.mark.parametrize("stamp", [True, 1e300, -1e300, "1", None, [1]])
def test_a_time_that_is_none_is_none(stamp):
    (each,) = read(event("delivered", timestamp=stamp))
    assert each.at is None


@pytest.mark.parametrize(
    "body", [b"", b"null", b"7", b"{}", b'"x"', b"\xff", b"[NaN]", b'["\\ud800"]', b"[" * 100_000, b"[1,]"]
)
def test_a_body_that_is_no_array_makes_no_sense(body):
    with pytest.raises(ValueError, match=r".+"):
        READER.parse(Posted("https://x", {}, body), CONNECTION)


def test_an_empty_batch_is_a_batch():
    assert read() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["event", "email", "timestamp", "sg_event_id", "sg_message_id", "reason", "type", "tidings_attempt"]
)


@given(st.lists(st.dictionaries(KEYS, JSON | st.sampled_from(["bounce", "dropped", "a\x00b"]), max_size=8), max_size=4))
@settings(max_examples=80, deadline=None)
def test_no_batch_at_all_is_trouble(items):
    for each in read(*items):
        assert each.key
        assert (
            "\x00" not in f"{each.key}{each.provider_status}{each.attempt_id}{each.address}{each.provider_message_id}"
        )
        f"{each}".encode()
