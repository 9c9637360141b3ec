"""Sums agree, whatever is bought: the document's total is the order's, and parts add up to it."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.documents import posted
from tests.fixtures.orders import order_body
from tidings.documents.arithmetic import NOTHING, Sums, TaxKey, credited, reckon, spread, tax_in, total_of
from tidings.orders.arithmetic import price_of
from tidings.orders.schemas import PlaceOrder

RATES = st.sampled_from([None, "0", "0.05", "0.055", "0.07", "0.19", "0.25", "0.081", "1"])
PRICES = st.integers(0, 10**7)


def money(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "EUR"}


@st.composite
def orders(draw: st.DrawFn) -> PlaceOrder:
    lines = [
        {"sku": "A", "name": "A", "quantity": draw(st.integers(1, 50)), "unit_price": money(draw(PRICES)),
         "tax_rate": draw(RATES)}
        for _ in range(draw(st.integers(1, 8)))
    ]  # fmt: skip
    charge = st.none() | st.builds(lambda price, rate: {"price": money(price), "tax_rate": rate}, PRICES, RATES)
    body = order_body(
        lines=lines,
        shipping=draw(charge),
        discount=draw(charge),
        prices_include_tax=draw(st.booleans()),
        total=money(0),
    )
    return PlaceOrder.model_validate_json(json.dumps(body))


@given(orders())
def test_the_total_is_the_orders_and_every_sum_is_that_of_its_parts(order: PlaceOrder) -> None:
    found = reckon(order)
    parts = [*found.lines, *([found.shipping] if found.shipping else []), *found.discounts]
    assert found.total.gross == price_of(order)
    assert found.total == sum((part.sums for part in parts), NOTHING)
    for key, sums in found.groups.items():
        assert sums == sum((part.sums for part in parts if part.key == key), NOTHING)


@given(orders())
def test_the_tax_of_a_rate_is_that_rate_of_its_net_but_for_rounding(order: PlaceOrder) -> None:
    found = reckon(order)
    parts = [*found.lines, *([found.shipping] if found.shipping else []), *found.discounts]
    for key, sums in found.groups.items():
        # Net prices are taxed part by part, as the order was: half a unit each. Taken out of gross: one of them.
        rounded = sum(part.key == key for part in parts) if order.prices_include_tax is False else 2
        assert abs(sums.tax - sums.net * key.rate) <= Decimal(rounded) / 2 * (1 + key.rate)


@given(orders(), st.lists(st.integers(1, 10**7), max_size=5))
def test_credits_that_take_back_all_of_an_invoice_take_back_all_of_its_tax(order: PlaceOrder, some: list[int]) -> None:
    invoice = {key: sums for key, sums in reckon(order).groups.items() if sums.gross > 0}
    before: dict[TaxKey, Sums] = {}
    for amount in [*some, 10**12]:
        left = total_of(invoice).gross - total_of(before).gross
        back = credited(invoice, before, min(amount, left))
        assert total_of(back).gross == min(amount, left)
        before = {key: before.get(key, NOTHING) + back.get(key, NOTHING) for key in invoice}
    assert before == invoice


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_shares_add_up_and_none_is_off_by_more_than_one(amount: int, weights: list[int]) -> None:
    shares = spread(amount, weights)
    assert sum(shares) == amount
    if any(weights):
        assert all(
            abs(share - Decimal(amount) * weight / sum(weights)) <= 1
            for share, weight in zip(shares, weights, strict=True)
        )


def test_two_rates_shipping_and_a_discount_as_one_would_reckon_them_by_hand() -> None:
    found = reckon(posted())
    standard, reduced = TaxKey("S", Decimal("0.19")), TaxKey("S", Decimal("0.07"))
    # 49.90 + 4.90 - 3.67 = 51.13, of which 8.16 are tax; 19.80 - 1.33 = 18.47, of which 1.21 are.
    assert found.groups == {standard: Sums(4297, 816), reduced: Sums(1726, 121)}
    assert list(found.groups) == [standard, reduced]
    assert [part.amount for part in found.discounts] == [-133, -367]


def test_net_prices_are_taxed_part_by_part_as_the_order_was() -> None:
    found = reckon(posted(prices_include_tax=False, discount=None, total=money(8066)))
    assert [(part.sums.net, part.sums.tax) for part in found.lines] == [(1980, 139), (4990, 948)]
    assert found.total == Sums(7460, 1180)


@pytest.mark.parametrize(
    ("categories", "shipping"), [(("G",), "G"), (("E", None), "E"), ((None,), "Z"), (("AE",), "AE")]
)
def test_what_is_untaxed_is_carried_untaxed_for_the_same_reason(
    categories: tuple[str | None, ...], shipping: str
) -> None:
    lines = [
        {"sku": "A", "name": "A", "quantity": 1, "unit_price": money(100), "tax_rate": "0", "tax_category": category}
        for category in categories
    ]
    found = reckon(posted(lines=lines, shipping={"price": money(10)}, discount=None))
    assert found.shipping is not None
    assert found.shipping.key == TaxKey(shipping, Decimal(0))


def test_a_discount_off_nothing_is_taken_off_the_first() -> None:
    lines = [{"sku": "A", "name": "A", "quantity": 1, "unit_price": money(0), "tax_rate": "0.19"}]
    found = reckon(posted(lines=lines, shipping=None, discount={"price": money(5)}))
    assert found.total.gross == -5


def test_tax_is_rounded_away_from_nothing_on_both_sides() -> None:
    assert tax_in(3, Decimal(1)) == 2
    assert tax_in(-3, Decimal(1)) == -2
