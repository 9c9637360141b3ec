from decimal import Decimal

import pytest
from pydantic import Field, ValidationError

from tidings.orders.fields import Day, Metadata, Needed, Wire, rate
from tidings.orders.schemas import Order, PlaceOrder


class Sample(Wire):
    name: Needed[str] = Field(None, description="A name")
    day: Needed[Day] = Field(None, alias="on")
    more: Metadata | None = None


class Changes(Sample):
    is_partial = True


def test_what_is_needed_is_required_of_callers_and_may_be_null_in_answers() -> None:
    asked, told = Sample.model_json_schema(), Sample.model_json_schema(mode="serialization")
    assert asked["required"] == ["name", "on"]
    assert asked["properties"]["name"] == {
        "title": "Name", "description": "A name", "type": "string", "minLength": 1,
    }  # fmt: skip
    assert asked["properties"]["on"] == {"title": "On", "type": "string", "format": "date"}
    assert {"type": "null"} in told["properties"]["name"]["anyOf"]
    assert set(told["required"]) == {"name", "on", "more"}


def test_nothing_is_required_of_changes() -> None:
    assert "required" not in Changes.model_json_schema()
    assert {"type": "null"} in Changes.model_json_schema()["properties"]["name"]["anyOf"]


def test_an_orders_schema_names_what_the_contract_requires() -> None:
    assert set(PlaceOrder.model_json_schema()["required"]) == {
        "sales_channel", "customer", "billing_address", "shipping_address", "lines", "total", "payment",
        "estimated_delivery",
    }  # fmt: skip
    assert {"id", "number", "status", "missing", "lines", "version"} <= set(
        Order.model_json_schema(mode="serialization")["required"]
    )


@pytest.mark.parametrize("day", ["2026-2-3", "26-11-23", "2026-11-23T00:00:00", "1700006400", 20260101, "1969-12-31"])
def test_a_day_has_one_form(day: object) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"on": day})


@pytest.mark.parametrize("more", [{"a": "x", "b": 1, "c": 0.5, "d": True, "e": None}, {}, {"é" * 60: "x" * 500}])
def test_metadata_is_plain(more: dict[str, object]) -> None:
    assert Sample.model_validate({"more": more}).more == more


@pytest.mark.parametrize("more", [{"a": []}, {"a": "x" * 501}, {"x" * 61: 1}, {"a\nb": 1}, {"a": float("inf")}])
def test_metadata_holds_nothing_deep_long_or_endless(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"more": more})


def test_a_rate_is_a_number() -> None:
    assert rate("0.07") == Decimal("0.07")
    assert rate(None) is None
