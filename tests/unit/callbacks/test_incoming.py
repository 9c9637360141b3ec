"""Whatever an adapter lets through is made fit to be kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.callbacks.incoming import Origin, as_json, from_json, incoming, storable
from tidings.callbacks.ports import ProviderEvent
from tidings.kit.ids import new_id, wire

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORIGIN = Origin(new_id(), "test", new_id(), "sms", "twilio")
PLAIN = ProviderEvent("k", "receipt", "delivered", status="delivered")


def kept(event: ProviderEvent) -> ProviderEvent:
    return incoming(ORIGIN, event, NOW).event


def test_a_sound_event_is_kept_to_the_letter() -> None:
    event = ProviderEvent(
        key="SM1:delivered",
        kind="receipt",
        provider_status="delivered",
        status="delivered",
        attempt_id=wire("att", new_id()),
        provider_message_id="SM1",
        at=NOW,
        detail={"code": "30003", "reason": "off", "n": 1, "share": 0.5, "final": True, "none": None},
        address="+4915112345678",
        text="hello",
        may_pass=True,
    )
    assert kept(event) == event


@given(
    st.builds(
        ProviderEvent,
        key=st.text(max_size=40),
        kind=st.sampled_from(["receipt", "reply", "ignored"]),
        provider_status=st.text(max_size=40),
        status=st.sampled_from([None, "delivered", "failed"]),
        attempt_id=st.none() | st.text(max_size=40),
        provider_message_id=st.none() | st.text(max_size=40),
        at=st.none() | st.datetimes(timezones=st.just(UTC)) | st.datetimes(),
        detail=st.dictionaries(
            st.text(max_size=5), st.none() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.text())
        ),
        address=st.none() | st.text(max_size=40),
        text=st.none() | st.text(max_size=40),
        may_pass=st.booleans(),
    )
)
def test_whatever_comes_in_can_be_stored_and_read_back(event: ProviderEvent) -> None:
    made = kept(event)
    stored = json.dumps(as_json(made), allow_nan=False)
    stored.encode("utf-8")
    assert "\\u0000" not in stored
    assert from_json(json.loads(stored)) == made
    assert kept(made) == made


def test_keys_that_cannot_be_stored_stay_different() -> None:
    keys = {
        kept(replace(PLAIN, key=key)).key for key in ("a\x00b", "a\ud800b", "a\N{REPLACEMENT CHARACTER}b", "x" * 900)
    }
    assert len(keys) == 4
    assert all(len(key) <= 64 for key in keys)


def test_a_receipt_that_says_nothing_is_ignored() -> None:
    assert kept(replace(PLAIN, status=None)).kind == "ignored"


def test_instants_are_in_utc_and_none_when_they_cannot_be() -> None:
    naive = datetime(2026, 11, 23, 12)  # noqa: DTZ001 - what an adapter might hand over
    assert kept(replace(PLAIN, at=naive)).at == NOW
    east = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert kept(replace(PLAIN, at=east)).at is None


def test_what_is_no_scalar_is_kept_as_it_reads() -> None:
    detail = {"nested": {"a": 1}, "huge": 10**30, "nan": float("nan")}
    assert kept(replace(PLAIN, detail=detail)).detail == {
        "nested": "{'a': 1}",
        "huge": "a very large number",
        "nan": "nan",
    }


@pytest.mark.parametrize("given", [None, "", "att_nonsense", "msg_" + "0" * 32])
def test_what_is_no_id_of_ours_is_not_looked_for(given: str | None) -> None:
    assert incoming(ORIGIN, replace(PLAIN, attempt_id=given), NOW).attempt_id is None


def test_our_id_is_read_and_the_time_is_ours_when_the_provider_says_none() -> None:
    attempt = new_id()
    one = incoming(ORIGIN, replace(PLAIN, attempt_id=wire("att", attempt)), NOW)
    assert (one.attempt_id, one.at) == (attempt, NOW)
    assert one.key == (ORIGIN.storefront_id, ORIGIN.connection_id, "k")


def test_an_event_of_an_older_version_can_be_read() -> None:
    assert from_json({"key": "k", "kind": "ignored", "provider_status": "open"}) == ProviderEvent(
        "k", "ignored", "open"
    )


def test_text_is_storable() -> None:
    assert storable("a\x00\ud800b") == "a\N{REPLACEMENT CHARACTER}?b"
