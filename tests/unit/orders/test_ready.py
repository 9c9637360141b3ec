import json
from uuid import UUID

import pytest

from tests.unit.orders.rules import NOW, SHOP, fresh, good
from tidings.orders.ready import made_ready
from tidings.orders.schemas import PlaceOrder


def test_what_may_be_absent_is_filled_in_as_it_is_meant() -> None:
    body = fresh()
    del body["metadata"], body["placed_at"], body["lines"][0]["kind"]
    order = good(body)
    details = json.loads(order.details)
    assert (details["metadata"], details["notify"], details["prices_include_tax"]) == ({}, True, True)
    assert details["placed_at"] == "2026-11-23T12:00:00Z"
    assert details["customer"]["devices"] == []
    assert order.lines[0]["kind"] == "product"
    assert order.notify


def test_who_owes_nothing_says_so() -> None:
    assert not good(fresh() | {"notify": False}).notify


def test_details_and_answer_are_the_same_letters_but_for_the_lines() -> None:
    order = good()
    answer = json.loads(order.answer(UUID(int=1), "1", "test", NOW))
    details = json.loads(order.details)
    assert "lines" not in details
    assert {name: answer[name] for name in details} == details
    assert order.tail.startswith(order.details[1:-1])


def test_an_incomplete_order_keeps_its_lines_in_its_details() -> None:
    order = good(fresh() | {"payment": None}, lenient=True)
    assert [line["line"] for line in json.loads(order.details)["lines"]] == [1]
    assert order.lines == ()


def test_language_and_zone_are_the_customers_and_the_shops() -> None:
    body = fresh()
    assert (good(body).locale, good(body).time_zone) == ("de-DE", "Europe/Berlin")
    body["customer"]["locale"] = "tlh"
    assert good(body).locale == "en-GB"


def test_what_is_kept_is_normalised() -> None:
    body = fresh()
    body["customer"] |= {"phone": "0151 12345678", "email": "ada@EXAMPLE.com"}
    body["shipping_address"] |= {"country": "de"}
    order = good(body)
    details = json.loads(order.details)
    assert order.customer_phone == details["customer"]["phone"] == "+4915112345678"
    assert order.customer_email == details["customer"]["email"] == "ada@example.com"
    assert details["shipping_address"]["country"] == "DE"


def test_an_order_that_was_not_judged_is_not_made_ready() -> None:
    unjudged = PlaceOrder.model_validate_json(json.dumps({"lines": [{"sku": "a"}]}))
    with pytest.raises(AssertionError):
        made_ready(unjudged, SHOP, NOW, "email", [])


def test_devices_are_told_as_the_party_needs_them() -> None:
    body = fresh()
    body["customer"] |= {"devices": [{"platform": "fcm", "token": "t"}], "preferred_channel": "push"}
    order = good(body)
    assert (order.devices, order.preferred_channel) == ([{"platform": "fcm", "token": "t"}], "push")
    assert order.payment_method == "card"


def test_metadata_stands_in_the_order_in_which_it_will_be_read() -> None:
    details = good(fresh() | {"metadata": {"bb": 1, "é": 2, "a": 3, "b": 4}}).details
    assert list(json.loads(details)["metadata"]) == ["a", "b", "bb", "é"]
