"""Traces that follow an order from its request through the outbox into the provider's call.

What ties the parts is a W3C `traceparent`, stored with the message. Switched off, a span costs a function call.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

Attribute = str | int | float | bool

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_TRACING: Final = context.create_key("tidings-tracing")


class Tracing:
    """Makes spans, and sends them to where it was told."""

    def __init__(self, processors: Sequence[SpanProcessor] = (), *, sample: float = 1.0, role: str = "api") -> None:
        self._provider: TracerProvider | None = None
        if not processors:
            return
        resource = Resource.create({SERVICE_NAME: f"tidings-{role}"})
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(sample)), resource=resource, shutdown_on_exit=False
        )
        for processor in processors:
            self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("tidings")

    @property
    def enabled(self) -> bool:
        """Whether spans go anywhere."""
        return self._provider is not None

    @contextmanager
    def span(
        self, name: str, *, parent: str | None = None, kind: SpanKind = SpanKind.INTERNAL, **attributes: Attribute
    ) -> Iterator[Span]:
        """A stretch of work, under `parent` (a traceparent) or the span that is under way.

        Attributes are ids and words, as in log lines: no personal data.
        """
        if self._provider is None:
            yield trace.INVALID_SPAN
            return
        outer = context.get_current() if parent is None else _PROPAGATOR.extract({"traceparent": parent})
        outer = context.set_value(_TRACING, self, outer)
        span = self._tracer.start_span(name, outer, kind, attributes, set_status_on_exception=False)
        token = context.attach(trace.set_span_in_context(span, outer))
        try:
            yield span
        except BaseException as error:
            # The class alone: messages quote data.
            span.set_status(Status(StatusCode.ERROR, type(error).__qualname__))
            raise
        finally:
            context.detach(token)
            span.end()

    def shutdown(self) -> None:
        """Send what has not been sent."""
        if self._provider is not None:
            self._provider.shutdown()


def tracing_to(endpoint: str | None, *, sample: float, role: str) -> Tracing:
    """Tracing to an OTLP/HTTP endpoint; none when there is no endpoint."""
    if not endpoint:
        return Tracing()
    return Tracing([BatchSpanProcessor(OTLPSpanExporter(endpoint))], sample=sample, role=role)


@contextmanager
def span(
    name: str, *, parent: str | None = None, kind: SpanKind = SpanKind.INTERNAL, **attributes: Attribute
) -> Iterator[Span]:
    """A stretch of work inside whatever is being traced; nothing when nothing is."""
    tracing = context.get_value(_TRACING)
    if not isinstance(tracing, Tracing):
        yield trace.INVALID_SPAN
        return
    with tracing.span(name, parent=parent, kind=kind, **attributes) as inner:
        yield inner


def current_traceparent() -> str | None:
    """The W3C traceparent of the work under way, to be stored with what is owed; None when nothing is traced."""
    if context.get_value(_TRACING) is None:
        return None
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")
