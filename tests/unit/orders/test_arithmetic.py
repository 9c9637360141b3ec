from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.orders import order_body
from tests.unit.orders.rules import faults, good, judged
from tidings.kit.money import MAX_MINOR_UNITS
from tidings.orders.arithmetic import tax_on
from tidings.orders.checked import CheckedOrder

amounts = st.integers(0, MAX_MINOR_UNITS)
rates = st.decimals(0, 1, places=4)


def money(amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def order(lines: list[tuple[int, int]], shipping: int, discount: int, total: int) -> dict[str, Any]:
    return order_body(
        lines=[{"sku": "a", "name": "a", "quantity": q, "unit_price": money(p)} for q, p in lines],
        shipping={"price": money(shipping)},
        discount={"price": money(discount)},
        total=money(total),
    )


@given(
    lines=st.lists(st.tuples(st.integers(1, 1_000_000), st.integers(0, 10**9)), min_size=1, max_size=5),
    shipping=st.integers(0, 10**6),
    discount=st.integers(0, 10**6),
    off=st.integers(-1000, 1000),
)
def test_the_total_is_the_lines_and_shipping_less_the_discount(
    lines: list[tuple[int, int]], shipping: int, discount: int, off: int
) -> None:
    expected = sum(q * p for q, p in lines) + shipping - discount
    told = expected + off
    if not 0 <= told <= MAX_MINOR_UNITS:
        return
    result = judged(order(lines, shipping, discount, told))
    assert isinstance(result, CheckedOrder) is (off == 0)
    if isinstance(result, list):
        assert str(abs(off)) in result[0].detail
        assert str(expected) in result[0].detail


def test_the_difference_is_told() -> None:
    assert faults(order_body(total=money(2471))) == {
        "/total": "is 2471 EUR, but lines + shipping - discount make 2470: 1 too much"
    }
    assert "3 too little" in faults(order_body(total=money(2467)))["/total"]


def test_net_prices_have_their_tax_added_line_by_line() -> None:
    body = order_body(prices_include_tax=False, discount={"price": money(100), "tax_rate": "0.19"})
    # 1980 + 139 (7 %: 138.6), 490 + 93 (19 %: 93.1), less 100 + 19
    body["total"] = money(1980 + 139 + 490 + 93 - 119)
    assert good(body).total == 2583
    told = faults(body | {"total": money(2470)})["/total"]
    assert told == "is 2470 EUR, but lines + tax + shipping - discount make 2583: 113 too little"


def test_net_prices_without_a_rate_have_no_tax() -> None:
    body = order_body(prices_include_tax=False, shipping=None)
    del body["lines"][0]["tax_rate"]
    assert good(body | {"total": money(1980)}).total == 1980


@given(net=amounts, rate=rates)
def test_tax_is_rounded_half_up_however_large_the_amount(net: int, rate: Decimal) -> None:
    with localcontext(prec=60):
        assert tax_on(net, rate) == int((net * rate).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize("part", ["lines", "shipping", "discount"])
def test_one_order_has_one_currency(part: str) -> None:
    body = order_body(discount={"price": money(0)})
    wrong = money(body["lines"][0]["unit_price"]["amount"], "USD")
    if part == "lines":
        body["lines"][0]["unit_price"] = wrong
        pointer = "/lines/0/unit_price/currency"
    else:
        body[part] = {"price": wrong}
        pointer = f"/{part}/price/currency"
    assert faults(body) == {pointer: "is USD, but the total is in EUR"}


def test_an_order_may_cost_nothing() -> None:
    assert good(order([(1, 0)], 0, 0, 0)).total == 0


def test_a_discount_beyond_the_price_makes_no_total() -> None:
    assert "/total" in faults(order([(1, 100)], 0, 200, 0))
