"""Traces follow an order from its request into the provider's call."""

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from tidings.kit.trace import Tracing, current_traceparent, span, tracing_to


@pytest.fixture
def told() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(told: InMemorySpanExporter):
    made = Tracing([SimpleSpanProcessor(told)])
    yield made
    made.shutdown()


def test_what_is_stored_with_the_message_ties_the_worker_to_the_request(
    tracing: Tracing, told: InMemorySpanExporter
) -> None:
    with tracing.span("POST /v1/orders"):
        stored = current_traceparent()
    assert stored is not None
    with tracing.span("send", parent=stored, provider="twilio"):
        pass
    request, send = told.get_finished_spans()
    assert send.context.trace_id == request.context.trace_id
    assert send.parent is not None
    assert send.parent.span_id == request.context.span_id
    assert send.attributes == {"provider": "twilio"}


def test_inner_stretches_belong_to_the_outer_one(tracing: Tracing, told: InMemorySpanExporter) -> None:
    with tracing.span("outer"), span("inner", rows=3):
        pass
    inner, outer = told.get_finished_spans()
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id


def test_a_stretch_that_fails_is_told_by_the_class_alone(tracing: Tracing, told: InMemorySpanExporter) -> None:
    def fail() -> None:
        with tracing.span("send"):
            message = "ada@example.com"
            raise ValueError(message)

    with pytest.raises(ValueError, match="ada"):
        fail()
    (failed,) = told.get_finished_spans()
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.status.description == "ValueError"
    assert not failed.events


def test_switched_off_nothing_is_traced_and_nothing_stored() -> None:
    tracing = Tracing()
    assert not tracing.enabled
    with tracing.span("outer") as outer, span("inner") as inner:
        assert current_traceparent() is None
        assert not outer.is_recording()
        assert not inner.is_recording()
    tracing.shutdown()


def test_a_sample_of_none_traces_none_and_says_so_to_the_worker(told: InMemorySpanExporter) -> None:
    tracing = Tracing([SimpleSpanProcessor(told)], sample=0)
    with tracing.span("outer"):
        stored = current_traceparent()
    assert stored is not None
    assert int(stored.rpartition("-")[2], 16) & 1 == 0
    with tracing.span("send", parent=stored):
        pass
    assert told.get_finished_spans() == ()
    tracing.shutdown()


def test_an_endpoint_switches_it_on() -> None:
    assert not tracing_to(None, sample=1, role="api").enabled
    assert not tracing_to("", sample=1, role="api").enabled
    made = tracing_to("http://127.0.0.1:9/v1/traces", sample=1, role="worker")
    assert made.enabled
    made.shutdown()
