"""Only fields that are known, of the kind that they stand for."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum
from uuid import UUID

import pytest

from tidings.kit.withhold import Constant, allowed, describe


class Colour(Enum):
    GREEN = "green"


@pytest.mark.parametrize(
    ("name", "value", "plain"),
    [
        ("outcome", "deferred", "deferred"),
        ("outcome", Colour.GREEN, "green"),
        ("route", "/v1/orders/{order_id}", "/v1/orders/{order_id}"),
        ("order_id", "ord_0198f0", "ord_0198f0"),
        ("message_id", UUID(int=7), str(UUID(int=7))),
        ("deadline", "ddl_0198f0", "ddl_0198f0"),
        ("connection", "sms-main", "sms-main"),
        ("connection", "0198f0aa-1111", "0198f0aa-1111"),
        ("attempt", 3, 3),
        ("attempt", "att_0198", "att_0198"),
        ("took_ms", 1.5, 1.5),
        ("lease_seconds", timedelta(minutes=1), 60.0),
        ("is_paused", True, True),
        ("due_at", datetime(2026, 11, 23, tzinfo=UTC), "2026-11-23T00:00:00+00:00"),
        ("closed_on", date(2026, 11, 23), "2026-11-23"),
        ("withheld", ["to", "body"], ["to", "body"]),
        ("said", Constant("Started server process [%d]"), "Started server process [%d]"),
    ],
)
def test_what_is_known_is_told(name: str, value: object, plain: object) -> None:
    assert allowed(name, value) == plain


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("to", "ada@example.com"),
        ("to", "delivered"),
        ("recipient_id", "ada@example.com"),
        ("customer_id", "4915112345678"),
        ("customer_id", "+4915112345678"),
        ("reason", "mailbox of ada@example.com is full"),
        ("outcome", "+4915112345678"),
        ("outcome", 4915112345678),
        ("phone", 4915112345678),
        ("body", {"name": "Ada"}),
        ("outcome", {"name": "Ada"}),
        ("withheld", ["ok", "Ada Byron"]),
        ("birthday", date(1815, 12, 10)),
        ("order_id", None),
        ("said", "anything"),
    ],
)
def test_what_is_not_is_withheld(name: str, value: object) -> None:
    assert allowed(name, value) is None


class Refusal(Exception):
    sqlstate = "23505"
    constraint_name = "uq_orders_number"


def refuse(message: str) -> None:
    raise Refusal(message)


def raised() -> BaseException:
    try:
        try:
            refuse("Key (email)=(ada@example.com) already exists")
        except Refusal as refusal:
            message = "could not store ada@example.com"
            raise ValueError(message) from refusal
    except ValueError as error:
        return error


def test_an_exception_is_told_by_its_classes_its_place_and_the_databases_codes() -> None:
    told = describe(raised())
    assert told["error"][0] == "builtins.ValueError"
    assert told["error"][1].endswith("Refusal")
    assert told["sqlstate"] == "23505"
    assert told["constraint"] == "uq_orders_number"
    assert told["frames"][-1].startswith("kit/test_withhold.py:")
    assert "ada" not in str(told)


def test_of_a_group_the_first_is_told() -> None:
    told = describe(ExceptionGroup("many", [raised()]))
    assert told["error"][:2] == ["builtins.ExceptionGroup", "builtins.ValueError"]


def test_a_suppressed_context_is_not_told() -> None:
    error = ValueError("x")
    error.__context__ = KeyError("ada")
    error.__suppress_context__ = True
    assert describe(error)["error"] == ["builtins.ValueError"]


def test_of_a_long_chain_the_first_ones_are_told() -> None:
    error: BaseException = KeyError("ada")
    for _ in range(20):
        link = ValueError("x")
        link.__cause__, error = error, link
    assert describe(error)["error"] == ["builtins.ValueError"] * 8
