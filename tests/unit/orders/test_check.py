import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.fixtures.orders import order_body
from tests.unit.orders.rules import NOW, faults, fresh, good, judged
from tidings.orders.checked import CheckedOrder

Body = dict[str, Any]


def without(pointer: str) -> Body:
    body = fresh()
    *path, last = pointer.strip("/").split("/")
    place: Any = body
    for part in path:
        place = place[int(part)] if isinstance(place, list) else place[part]
    del place[last]
    return body


REQUIRED = [
    "/sales_channel", "/customer", "/customer/name", "/customer/email", "/billing_address", "/billing_address/name",
    "/billing_address/line1", "/billing_address/city", "/billing_address/country", "/billing_address/postal_code",
    "/shipping_address", "/shipping_address/name", "/shipping_address/line1", "/shipping_address/city",
    "/shipping_address/country", "/shipping_address/postal_code", "/lines", "/lines/0/sku", "/lines/0/name",
    "/lines/0/quantity", "/lines/0/unit_price", "/shipping/price", "/total", "/payment", "/payment/method",
    "/estimated_delivery", "/estimated_delivery/from", "/estimated_delivery/to",
]  # fmt: skip
OPTIONAL = [
    "/placed_at", "/customer/phone", "/customer/locale", "/billing_address/line2", "/billing_address/region",
    "/lines/0/tax_rate", "/lines/0/tax_category", "/lines/0/kind", "/shipping/tax_rate", "/payment/provider",
    "/payment/reference", "/payment/status", "/metadata",
]  # fmt: skip


def test_the_example_order_is_good() -> None:
    order = good()
    assert (order.status, order.missing, order.number) == ("received", (), None)
    assert (order.total, order.currency, order.sales_channel) == (2470, "EUR", "web")
    assert order.preferred_channel == "email"


@pytest.mark.parametrize("pointer", REQUIRED)
def test_what_is_required_is_missed(pointer: str) -> None:
    assert list(faults(without(pointer))) == [pointer]


@pytest.mark.parametrize("pointer", REQUIRED)
def test_leniently_what_is_missing_is_noted(pointer: str) -> None:
    order = good(without(pointer), lenient=True)
    assert (order.status, [fault.pointer for fault in order.missing]) == ("incomplete", [pointer])


@pytest.mark.parametrize("pointer", REQUIRED)
def test_null_is_as_good_as_absent(pointer: str) -> None:
    body = fresh()
    *path, last = pointer.strip("/").split("/")
    place: Any = body
    for part in path:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[last] = None
    assert list(faults(body)) == [pointer]


@pytest.mark.parametrize("pointer", OPTIONAL)
def test_all_else_may_be_absent(pointer: str) -> None:
    assert good(without(pointer)).status == "received"


def test_an_empty_order_lacks_everything_at_once() -> None:
    assert list(faults({})) == [
        "/customer", "/billing_address", "/shipping_address", "/sales_channel", "/lines", "/total", "/payment",
        "/estimated_delivery",
    ]  # fmt: skip


def test_all_faults_come_at_once_whoever_finds_them() -> None:
    body = order_body(
        sales_channel="fax",
        customer={"email": "nobody", "phone": 5, "preferred_channel": "pigeon"},
        lines=[order_body()["lines"][0] | {"quantity": 0, "tax_rate": "19"}, "tea"],
        placed_at="yesterday",
        zzz=1,
    )
    body["billing_address"] = body["billing_address"] | {"postal_code": "1011"}
    assert set(faults(body)) == {
        "/sales_channel", "/customer/email", "/customer/phone", "/customer/preferred_channel", "/lines/0/quantity",
        "/lines/0/tax_rate", "/lines/1", "/placed_at", "/zzz", "/billing_address/postal_code",
    }  # fmt: skip


def test_half_a_price_or_device_hides_no_other_fault() -> None:
    body = order_body(total={"amount": 2470}, customer={"devices": ["x", {"platform": "fcm"}], "email": "nobody"})
    assert set(faults(body)) == {
        "/total/currency", "/customer/devices/0", "/customer/devices/1/token", "/customer/email",
    }  # fmt: skip


def test_what_was_refused_is_not_missed_as_well() -> None:
    assert list(faults(order_body(total="free"))) == ["/total"]
    assert list(faults(order_body(customer={"email": 5}))) == ["/customer/email"]
    body = order_body()
    body["estimated_delivery"] = "soon"
    assert list(faults(body)) == ["/estimated_delivery"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b'{"a":1}x', b"[" * 1000])
def test_what_is_no_order_at_all_is_one_fault(body: bytes) -> None:
    assert list(faults(body)) == [""]


def test_unknown_fields_are_refused_by_name_at_every_depth() -> None:
    body = order_body(totl=1)
    body["customer"]["mail"] = "ada@example.com"
    body["lines"][0]["qty"] = 1
    assert set(faults(body)) == {"/totl", "/customer/mail", "/lines/0/qty"}
    assert set(faults(body, lenient=True)) == {"/totl", "/customer/mail", "/lines/0/qty"}


def test_garbage_is_refused_leniently_too_and_alone() -> None:
    body = order_body(customer={"email": "nobody"}, total=None)
    assert list(faults(body, lenient=True)) == ["/customer/email"]
    assert set(faults(body)) == {"/customer/email", "/total"}


CHANGES: list[tuple[str, Callable[[Body], Any]]] = [
    ("/customer/name", lambda b: b["customer"].update(name="A\x00B")),
    ("/number", lambda b: b.update(number="W\n1")),
    ("/metadata", lambda b: b.update(metadata={"a\x00": 1})),
    ("/metadata", lambda b: b.update(metadata={"a": "x\n"})),
    ("/metadata", lambda b: b.update(metadata={"a": {"b": 1}})),
    ("/metadata", lambda b: b.update(metadata={"a": 2**60})),
    ("/metadata", lambda b: b.update(metadata={str(n): n for n in range(51)})),
    ("/metadata", lambda b: b.update(metadata={"": 1})),
    ("/number", lambda b: b.update(number="x" * 101)),
    ("/customer/name", lambda b: b["customer"].update(name="x" * 201)),
    ("/lines", lambda b: b.update(lines=b["lines"] * 501)),
    ("/lines/0/quantity", lambda b: b["lines"][0].update(quantity=1.5)),
    ("/lines/0/quantity", lambda b: b["lines"][0].update(quantity="2")),
    ("/lines/0/quantity", lambda b: b["lines"][0].update(quantity=1_000_001)),
    ("/lines/0/unit_price/amount", lambda b: b["lines"][0]["unit_price"].update(amount=-1)),
    ("/lines/0/unit_price/amount", lambda b: b["lines"][0]["unit_price"].update(amount=2**63)),
    ("/lines/0/unit_price/amount", lambda b: b["lines"][0]["unit_price"].update(amount=9.9)),
    ("/lines/0/unit_price/currency", lambda b: b["lines"][0]["unit_price"].update(currency="EURO")),
    ("/lines/0/unit_price/currency", lambda b: b["lines"][0]["unit_price"].update(currency="eur")),
    ("/lines/0/tax_category", lambda b: b["lines"][0].update(tax_category="X")),
    ("/lines/0/kind", lambda b: b["lines"][0].update(kind="idea")),
    ("/lines/0/warranty_months", lambda b: b["lines"][0].update(warranty_months=-1)),
    ("/shipping/tax_rate", lambda b: b["shipping"].update(tax_rate="1.5")),
    ("/shipping/tax_rate", lambda b: b["shipping"].update(tax_rate=0.19)),
    ("/notify", lambda b: b.update(notify="no")),
    ("/customer/devices/0/platform", lambda b: b["customer"].update(devices=[{"platform": "fax", "token": "t"}])),
    ("/placed_at", lambda b: b.update(placed_at="2026-11-23T09:14:07")),
    ("/placed_at", lambda b: b.update(placed_at="1763885647")),
    ("/placed_at", lambda b: b.update(placed_at=1763885647)),
    ("/placed_at", lambda b: b.update(placed_at="0001-01-01T00:00:00+14:00")),
    ("/estimated_delivery/to", lambda b: b["estimated_delivery"].update(to="28.11.2026")),
    ("/estimated_delivery/to", lambda b: b["estimated_delivery"].update(to="2026-02-30")),
    ("/sales_channel", lambda b: b.update(sales_channel="Web")),
    ("/customer/locale", lambda b: b["customer"].update(locale="de/DE")),
]


@pytest.mark.parametrize(("pointer", "change"), CHANGES)
def test_what_is_wrong_is_refused_where_it_is(pointer: str, change: Callable[[Body], Any]) -> None:
    body = order_body(number="W-1")
    change(body)
    assert list(faults(body)) == [pointer]
    assert list(faults(body, lenient=True)) == [pointer]


def test_a_lone_surrogate_is_refused() -> None:
    raw = json.dumps(order_body(customer={"name": "Ada"})).replace('"Ada"', '"\\ud83d"').encode()
    assert list(faults(raw)) == [""]


def test_a_test_address_is_good_in_test_mode_only() -> None:
    assert good(order_body(customer={"email": "a@shop.test"})).customer_email == "a@shop.test"
    live = faults(order_body(customer={"email": "a@shop.test", "phone": None}), mode="live")
    assert "test mode only" in live["/customer/email"]


@pytest.mark.parametrize(("minutes", "is_good"), [(-600_000, True), (0, True), (5, True), (6, False)])
def test_placed_at_lies_in_the_past_or_hardly_ahead(minutes: int, *, is_good: bool) -> None:
    at = NOW + timedelta(minutes=minutes)
    body = order_body(placed_at=at.isoformat(), estimated_delivery={"from": "2026-11-26", "to": "2026-11-28"})
    assert isinstance(judged(body), CheckedOrder) is is_good


def test_without_placed_at_the_order_is_placed_now() -> None:
    assert good(order_body(placed_at=None)).placed_at == NOW


@pytest.mark.parametrize(
    ("placed_at", "last", "is_good"),
    [
        ("2026-11-23T09:00:00+01:00", "2026-11-23", True),
        ("2026-11-23T09:00:00+01:00", "2026-11-22", False),
        # The day that the customer saw, by the offset that came with it.
        ("2026-11-22T23:30:00-05:00", "2026-11-22", True),
        ("2026-11-23T00:30:00+01:00", "2026-11-22", False),
        # Without it, the shop's day: it is the 23rd in Berlin.
        (None, "2026-11-22", False),
        (None, "2026-11-23", True),
    ],
)
def test_delivery_does_not_end_before_the_day_of_the_order(placed_at: str | None, last: str, *, is_good: bool) -> None:
    body = order_body(placed_at=placed_at, estimated_delivery={"from": "2026-11-20", "to": last})
    assert isinstance(judged(body), CheckedOrder) is is_good


def test_delivery_does_not_end_before_it_begins() -> None:
    body = order_body(estimated_delivery={"from": "2026-11-28", "to": "2026-11-26"})
    assert faults(body) == {"/estimated_delivery/to": "lies before `from`"}


def test_the_shops_channels_are_named_to_who_uses_another() -> None:
    assert "phone, web" in faults(order_body(sales_channel="app"))["/sales_channel"]


def test_five_hundred_lines_are_an_order() -> None:
    lines = [order_body()["lines"][0] | {"quantity": 1}] * 500
    order = good(order_body(lines=lines, shipping=None, total={"amount": 990 * 500, "currency": "EUR"}))
    assert [line["line"] for line in order.lines] == list(range(1, 501))


def test_an_incomplete_order_is_judged_as_far_as_it_goes() -> None:
    body = {"lines": [{"sku": "TEA-01", "quantity": 2}], "total": {"amount": 5, "currency": "EUR"}}
    order = good(body, lenient=True)
    assert order.lines == ()
    assert json.loads(order.details)["lines"][0]["sku"] == "TEA-01"
    assert (order.total, order.currency, order.sales_channel, order.customer_name) == (5, "EUR", "", None)
