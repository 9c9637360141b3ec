from collections import UserDict
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from tidings.templates import reading
from tidings.templates.errors import Unrenderable


def refusal(read, value) -> str:
    with pytest.raises(Unrenderable) as caught:
        read({"part": value} if value is not ... else {}, "part", "/order")
    return str(caught.value)


@pytest.mark.parametrize("value", [{}, MappingProxyType({}), UserDict()])
def test_any_mapping_is_an_object(value):
    assert reading.node({"part": value}, "part", "") is value
    assert list(reading.nodes({"part": [value]}, "part", "")) == [value]


def test_what_may_be_missing_may_be_missing():
    assert reading.maybe_node({}, "part", "") is None
    assert list(reading.nodes({"part": None}, "part", "")) == []
    assert reading.maybe_text({}, "part", "") == ""
    assert reading.maybe_instant({}, "part", "") is None
    assert reading.maybe_charge({"part": None}, "part", "") is None
    assert reading.maybe_charge({"part": {"price": None}}, "part", "") is None


@pytest.mark.parametrize(
    ("read", "value", "told"),
    [
        (reading.node, ..., "/order/part: is missing"),
        (reading.node, [], "/order/part: is not an object"),
        (reading.nodes, {}, "/order/part: is not a list of objects"),
        (reading.nodes, [1], "/order/part: is not a list of objects"),
        (reading.text, "", "/order/part: is missing"),
        (reading.text, "\u200b\x00", "/order/part: is missing"),
        (reading.maybe_text, 7, "/order/part: is not text"),
        (reading.whole, "7", "/order/part: is not a whole number"),
        (reading.whole, True, "/order/part: is not a whole number"),
        (reading.whole, 7.0, "/order/part: is not a whole number"),
        (reading.money, {"amount": 7, "currency": "<b>"}, "/order/part/currency: is not a currency"),
        (reading.money, {"amount": 7, "currency": 7}, "/order/part/currency: is not a currency"),
        (reading.money, {"amount": "7", "currency": "EUR"}, "/order/part/amount: is not a whole number"),
        (reading.maybe_charge, {"price": 7}, "/order/part/price: is not an object"),
        (reading.day, "26.11.2026", "/order/part: is not a date"),
        (reading.day, ..., "/order/part: is not a date"),
        (reading.day, 20261126, "/order/part: is not a date"),
        (reading.maybe_instant, "2026-11-23T09:14:07", "/order/part: is not a time with an offset"),
        (reading.maybe_instant, "yesterday", "/order/part: is not a time with an offset"),
        (reading.maybe_instant, 7, "/order/part: is not a time with an offset"),
    ],
)
def test_a_refusal_tells_place_and_kind_and_never_the_value(read, value, told):
    assert refusal(read, value) == told


def test_values_are_read_as_what_they_are():
    assert reading.text({"part": " Ada\n"}, "part", "") == "Ada"
    assert reading.text({"part": "abcdef"}, "part", "", 4) == "abc…"
    assert reading.money({"part": {"amount": 7, "currency": "EUR"}}, "part", "") == (7, "EUR")
    assert reading.maybe_charge({"part": {"price": {"amount": 7, "currency": "EUR"}}}, "part", "") == (7, "EUR")
    assert reading.day({"part": "2026-11-26"}, "part", "") == date(2026, 11, 26)
    assert reading.maybe_instant({"part": "2026-11-23T08:14:07Z"}, "part", "") == datetime(
        2026, 11, 23, 8, 14, 7, tzinfo=UTC
    )
