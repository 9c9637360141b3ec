"""Ids, log lines, metrics, traces, header fields, and the last resort."""

import json
from io import StringIO

import asyncpg
import httpx
import pytest
import structlog
from fastapi import FastAPI
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import Receive, Scope, Send

from tests.clock import FixedClock
from tidings.api.edge import Edge
from tidings.bootstrap import Runtime
from tidings.kit.log import configure_logging, get_logger
from tidings.kit.metrics import Metrics
from tidings.kit.trace import Tracing, current_traceparent


@pytest.fixture
def written():
    stream = StringIO()
    configure_logging(level="info", stream=stream)
    yield stream
    configure_logging(level="info")
    structlog.reset_defaults()


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    @app.get("/broken/{name}")
    async def broken(name: str) -> None:
        get_logger().info("order.placed")
        message = f"Key (email)=({name}@example.com)"
        raise KeyError(message)

    @app.get("/away")
    async def away() -> None:
        raise asyncpg.AdminShutdownError

    @app.get("/taken")
    async def taken() -> None:
        raise asyncpg.UniqueViolationError

    @app.get("/traced")
    async def traced() -> str | None:
        return current_traceparent()

    return app


def lines(stream: StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_sane_request_id_is_taken_over(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/healthz", headers={"X-Request-Id": "shop-0815.abc"})
    assert answer.headers["x-request-id"] == "shop-0815.abc"


@pytest.mark.parametrize("given", ["short", "x" * 129, 'a"b-12345678', "ada@example.com"])
async def test_any_other_is_replaced(anonymous: httpx.AsyncClient, given: str) -> None:
    answer = await anonymous.get("/healthz", headers={"X-Request-Id": given})
    assert len(answer.headers["x-request-id"]) == 32


async def test_every_answer_says_how_careful_to_be_with_it(anonymous: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/v1/orders", "/nothing", "/broken/ada"):
        answer = await anonymous.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_a_page_may_have_a_policy_of_its_own(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/docs")
    assert len(answer.headers.get_list("content-security-policy")) == 1
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_what_nobody_foresaw_is_a_problem_that_tells_nothing(
    anonymous: httpx.AsyncClient, written: StringIO
) -> None:
    answer = await anonymous.get("/broken/ada")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == "urn:tidings:problem:unexpected"
    assert told["instance"] == f"urn:tidings:request:{answer.headers['x-request-id']}"
    assert "ada" not in answer.text
    placed, failed, request = lines(written)
    assert (failed["event"], failed["error"], failed["level"]) == ("http.failed", ["builtins.KeyError"], "error")
    assert failed["route"] == "/broken/{name}"
    assert placed["request_id"] == failed["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert "ada" not in written.getvalue()


async def test_an_absent_database_is_told_and_can_be_waited_for(
    anonymous: httpx.AsyncClient, written: StringIO
) -> None:
    answer = await anonymous.get("/away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["type"] == "urn:tidings:problem:unavailable"
    assert lines(written)[0]["level"] == "warning"


async def test_who_comes_second_to_something_that_is_given_once_is_told(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/taken")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:collision")


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/v1/orders", "/v1/orders/ord_1"])
async def test_head_is_answered_as_get_is_without_the_body(api: httpx.AsyncClient, path: str) -> None:
    got, asked = await api.get(path), await api.head(path)
    assert asked.status_code == got.status_code
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert asked.content == b""


async def test_head_is_told_as_what_it_is(api: httpx.AsyncClient, written: StringIO) -> None:
    await api.head("/healthz")
    (line,) = lines(written)
    assert (line["method"], line["route"], line["status_code"]) == ("HEAD", "/healthz", 200)


async def test_the_access_line_has_the_template_and_never_the_query(api: httpx.AsyncClient, written: StringIO) -> None:
    await api.get("/v1/tasks/tsk_ada?owner=ada@example.com")
    (line,) = lines(written)
    assert line["route"] == "/v1/tasks/{task_id}"
    assert line["status_code"] == 422
    assert line["key_id"].startswith("key_")
    assert "ada" not in written.getvalue()


async def test_a_path_that_is_not_there_is_not_logged(anonymous: httpx.AsyncClient, written: StringIO) -> None:
    await anonymous.request("ADA", "/o/ada@example.com")
    (line,) = lines(written)
    assert (line["route"], line["method"]) == ("unmatched", "OTHER")
    assert "ada" not in written.getvalue().lower()


async def test_requests_are_counted_by_template(anonymous: httpx.AsyncClient, api_runtime: Runtime) -> None:
    await anonymous.get("/healthz")
    labels = {"method": "GET", "route": "/healthz", "status": "200"}
    value = api_runtime.metrics.registry.get_sample_value("tidings_http_request_seconds_count", labels)
    assert value == 1


class TestTraced:
    @pytest.fixture
    def spans(self, api_runtime: Runtime) -> InMemorySpanExporter:
        exporter = InMemorySpanExporter()
        api_runtime.tracing = Tracing([SimpleSpanProcessor(exporter)])
        return exporter

    @pytest.fixture
    def app(self, spans: InMemorySpanExporter, app: FastAPI) -> FastAPI:
        return app

    async def test_a_request_belongs_to_the_callers_trace(
        self, spans: InMemorySpanExporter, anonymous: httpx.AsyncClient
    ) -> None:
        parent = f"00-{'a' * 32}-{'b' * 16}-01"
        answer = await anonymous.get("/traced", headers={"traceparent": parent})
        (span,) = spans.get_finished_spans()
        assert f"{span.context.trace_id:x}" == "a" * 32
        assert answer.json() == f"00-{'a' * 32}-{span.context.span_id:016x}-01"
        assert span.name == "GET /traced"
        assert span.attributes["http.route"] == "/traced"
        assert span.attributes["http.response.status_code"] == 200
        assert span.attributes["tidings.request_id"] == answer.headers["x-request-id"]

    async def test_a_foreign_traceparent_begins_a_new_trace(
        self, spans: InMemorySpanExporter, anonymous: httpx.AsyncClient
    ) -> None:
        await anonymous.get("/traced", headers={"traceparent": "nonsense"})
        (span,) = spans.get_finished_spans()
        assert span.parent is None


def scope_of(path: str) -> Scope:
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}


async def test_a_failure_after_the_answer_began_adds_nothing_to_it(clock: FixedClock) -> None:
    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError

    sent = []

    async def send(message: dict) -> None:
        sent.append(message["type"])

    await Edge(breaks_off, metrics=Metrics(), tracing=Tracing(), clock=clock)(scope_of("/"), None, send)
    assert sent == ["http.response.start"]


async def test_who_hangs_up_is_counted_as_gone(clock: FixedClock, written: StringIO) -> None:
    async def says_nothing(scope: Scope, receive: Receive, send: Send) -> None:
        """The caller went away before anything could be said."""

    await Edge(says_nothing, metrics=Metrics(), tracing=Tracing(), clock=clock)(scope_of("/"), None, None)
    assert lines(written)[0]["status_code"] == 499


async def test_other_protocols_pass_by(clock: FixedClock) -> None:
    passed = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope["type"])

    await Edge(app, metrics=Metrics(), tracing=Tracing(), clock=clock)({"type": "lifespan"}, None, None)
    assert passed == ["lifespan"]
