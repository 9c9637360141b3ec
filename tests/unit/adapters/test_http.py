"""Requests, answers and time-outs as values; the client itself: tests/contract."""

from datetime import timedelta

from tidings.adapters.http import HttpResponse, Patience, trace_header


def test_json_that_is_none_is_none():
    assert HttpResponse(200, {}, b"<html>").json() is None
    assert HttpResponse(200, {}, b"\xff\xfe").json() is None
    assert HttpResponse(200, {}, b'{"a": NaN}').json() is None
    assert HttpResponse(200, {}, b"[" * 100_000).json() is None
    assert HttpResponse(200, {}, b'{"a": 1}').json() == {"a": 1}


def test_a_traced_order_is_traced_at_the_provider_too():
    assert trace_header(None) == {}
    assert trace_header("00-a-b-01") == {"traceparent": "00-a-b-01"}


def test_time_outs_keep_their_proportions():
    patience = Patience.within(timedelta(seconds=8))
    assert patience.connect < patience.read < patience.total == timedelta(seconds=8)
