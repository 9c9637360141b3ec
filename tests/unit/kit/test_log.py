"""One JSON object a line, and nothing personal in it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import structlog

from tidings.kit.log import Answered, answered, bind, bound, configure_logging, get_logger

LINE = Answered(
    at=datetime(2026, 11, 23, 8, 14, 7, tzinfo=UTC),
    request_id="r-12345678",
    method="POST",
    route="/v1/orders",
    status=201,
    took_ms=1.25,
    key_id="01",
)


@pytest.fixture
def written() -> Iterator[StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    access = logging.getLogger("uvicorn.access").disabled
    stream = StringIO()
    configure_logging(level="info", stream=stream)
    yield stream
    configure_logging(level="info")
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers, root.level = handlers, level
    logging.getLogger("uvicorn.access").disabled = access


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_a_name_with_fields(written: StringIO) -> None:
    get_logger().info("attempt.settled", outcome="deferred", attempt=3)
    (line,) = lines(written)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert (line["level"], line["event"], line["outcome"], line["attempt"]) == (
        "info",
        "attempt.settled",
        "deferred",
        3,
    )


def test_what_is_not_known_is_withheld_and_its_name_listed(written: StringIO) -> None:
    get_logger().info("attempt.settled", to="ada@example.com", reason="full: ada@example.com", nothing=None)
    assert "ada" not in written.getvalue()
    assert lines(written)[0]["withheld"] == ["reason", "to"]


def test_a_field_whose_name_is_personal_is_not_even_named(written: StringIO) -> None:
    get_logger().info("attempt.settled", **{"ada@example.com": 1})
    assert lines(written)[0]["withheld"] == ["?"]


def test_ids_of_the_request_are_on_every_line(written: StringIO) -> None:
    with bound(request_id="r-1"):
        bind(order_id="ord_1")
        get_logger().info("order.placed")
    assert lines(written)[0] | {"request_id": "r-1", "order_id": "ord_1"} == lines(written)[0]


def test_after_the_block_its_ids_are_gone(written: StringIO) -> None:
    with bound(request_id="r-1"):
        pass
    get_logger().info("order.placed")
    assert "request_id" not in lines(written)[0]


def test_an_exception_is_told_without_its_message(written: StringIO) -> None:
    try:
        int("ada@example.com")
    except ValueError:
        get_logger().exception("order.not_stored")
    (line,) = lines(written)
    assert line["error"] == ["builtins.ValueError"]
    assert line["frames"]
    assert "ada" not in written.getvalue()


def test_an_exception_in_hand_is_told_too(written: StringIO) -> None:
    get_logger().error("http.failed", exc_info=KeyError("ada"))
    get_logger().error("http.failed", exc_info=(KeyError, KeyError("ada"), None))
    assert [line["error"] for line in lines(written)] == [["builtins.KeyError"]] * 2


def test_below_the_level_nothing_is_written(written: StringIO) -> None:
    get_logger().debug("order.placed")
    assert not written.getvalue()


def test_a_librarys_line_is_told_without_its_arguments(written: StringIO) -> None:
    logging.getLogger("httpx").warning("HTTP Request: %s", "https://x/?to=ada@example.com")
    logging.getLogger("other").warning("to ada@example.com")
    logging.getLogger("uvicorn.error").error("bad start")
    first, second, third = lines(written)
    assert (first["event"], first["logger"], first["said"]) == ("library.said", "httpx", "HTTP Request: %s")
    assert "said" not in second
    assert third["said"] == "bad start"
    assert "ada" not in written.getvalue()


def test_a_librarys_exception_is_told_by_its_class(written: StringIO) -> None:
    try:
        raise KeyError("ada")  # noqa: TRY301
    except KeyError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    assert lines(written)[0]["error"] == ["builtins.KeyError"]


def test_a_request_is_one_line_where_all_lines_go(written: StringIO) -> None:
    answered(LINE)
    (line,) = lines(written)
    assert line["event"] == "http.answered"
    assert (line["route"], line["status_code"], line["took_ms"], line["key_id"]) == ("/v1/orders", 201, 1.25, "key_01")


def test_a_request_without_a_key_says_so(written: StringIO) -> None:
    answered(Answered(LINE.at, LINE.request_id, "GET", "/healthz", 200, 0.1, None))
    assert lines(written)[0]["key_id"] is None


def test_a_higher_level_silences_requests() -> None:
    stream = StringIO()
    configure_logging(level="warning", stream=stream)
    try:
        answered(LINE)
        assert not stream.getvalue()
    finally:
        configure_logging(level="info")
        structlog.reset_defaults()
        logging.getLogger().handlers = []


def test_for_eyes_lines_are_short(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="info", form="console")
    try:
        answered(LINE)
        get_logger().info("order.placed", to="ada@example.com")
    finally:
        configure_logging(level="info")
        structlog.reset_defaults()
        logging.getLogger().handlers = []
    written = capsys.readouterr().out
    assert "08:14:07 POST /v1/orders → 201 in 1.2 ms" in written
    assert "order.placed" in written
    assert "ada" not in written
