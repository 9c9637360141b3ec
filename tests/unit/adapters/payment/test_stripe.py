"""What Stripe's answers mean for an order."""

import json
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.contract.verifying import question
from tidings.adapters.http import HttpResponse
from tidings.adapters.payment.stripe import request, verdict_of
from tidings.adapters.payment.stripe_account import StripeSecrets, StripeSettings, stripe_amount
from tidings.verification.ports import Failed, NotYet, Passed, Silent, Verdict

SETTINGS = StripeSettings(base_url="https://api.stripe.com")
ASKED = question("payment")
NOW = FixedClock().now()


def verdict(status: str | None = "succeeded", settings: StripeSettings = SETTINGS, **more: Any) -> Verdict:
    usual = {"id": "pi_1", "object": "payment_intent", "status": status, "currency": "eur",
             "amount_received": 1999, "amount_capturable": 1999}  # fmt: skip
    return verdict_of(HttpResponse(200, {}, json.dumps(usual | more).encode()), ASKED, settings, NOW)


def refused(status: int, **error: str) -> Verdict:
    return verdict_of(HttpResponse(status, {}, json.dumps({"error": error}).encode()), ASKED, SETTINGS, NOW)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("succeeded", Passed),
        ("processing", NotYet),
        ("requires_action", NotYet),
        ("requires_confirmation", NotYet),
        ("requires_capture", NotYet),
        ("requires_payment_method", NotYet),
        ("canceled", Failed),
        ("something_new", Silent),
        (None, Silent),
    ],
)
def test_every_status_has_its_meaning(status: str | None, expected: type) -> None:
    assert type(verdict(status)) is expected


def test_a_declined_payment_says_why() -> None:
    error = {"code": "card_declined", "decline_code": "insufficient_funds"}
    assert verdict("requires_payment_method", last_payment_error=error) == Failed(
        "the payment was declined (insufficient_funds)"
    )
    assert verdict("requires_payment_method", last_payment_error={}) == Failed("the payment was declined")


@pytest.mark.parametrize(
    ("changes", "reason", "has_money"),
    [
        ({"amount_received": 1998}, "less paid than the order costs", True),
        ({"amount_received": None}, "less paid than the order costs", True),
        ({"amount_received": "1999"}, "less paid than the order costs", True),
        ({"currency": "usd"}, "paid in another currency than the order's", True),
        ({"currency": None}, "paid in another currency than the order's", True),
        ({"latest_charge": {"refunded": True}}, "the payment was refunded", False),
        ({"latest_charge": {"amount_refunded": 1}}, "the payment was refunded", True),
        ({"latest_charge": {"disputed": True}}, "the payment is disputed", False),
    ],
)
def test_money_that_is_not_there_as_the_order_wants_it_is_a_no(
    changes: dict[str, Any], reason: str, *, has_money: bool
) -> None:
    assert verdict(**changes) == Failed(reason, has_money=has_money)


def test_an_authorisation_of_too_little_is_no_money() -> None:
    content = StripeSettings(base_url="https://api.stripe.com", authorised_is_enough=True)
    assert verdict("requires_capture", content, amount_capturable=1) == Failed("less authorised than the order costs")


@pytest.mark.parametrize("charge", [None, "ch_1", {}, {"refunded": False, "amount_refunded": 0, "disputed": False}])
def test_more_than_enough_and_nothing_taken_back_is_a_yes(charge: object) -> None:
    assert verdict(amount_received=5000, latest_charge=charge) == Passed("Stripe: paid")


def test_an_authorisation_is_enough_where_the_shop_says_so() -> None:
    content = StripeSettings(base_url="https://api.stripe.com", authorised_is_enough=True)
    assert verdict("requires_capture", content) == Passed("Stripe: authorised")
    assert verdict("requires_capture", content, amount_capturable=1) == Failed("less authorised than the order costs")


@pytest.mark.parametrize("changes", [{"id": "pi_2"}, {"object": "charge"}, {"id": None}])
def test_an_answer_about_something_else_is_none(changes: dict[str, Any]) -> None:
    assert isinstance(verdict(**changes), Silent)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (404, "resource_missing", Failed("Stripe knows no such payment")),
        (404, "", Silent("no")),
        (401, "", Silent("no", misconfigured=True)),
        (403, "", Silent("no", misconfigured=True)),
        (302, "", Silent("no", misconfigured=True)),
        (400, "", Silent("no")),
        (429, "lock_timeout", Silent("no")),
        (500, "", Silent("no")),
    ],
)
def test_a_refusal_decides_nothing_unless_the_payment_is_not_there(status: int, code: str, expected: Verdict) -> None:
    assert refused(status, code=code, message="no") == expected


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [(1999, "EUR", 1999), (500, "JPY", 500), (1234, "KWD", 1234), (500, "ISK", 50_000), (7, "UGX", 700), (0, "EUR", 0)],
)
def test_amounts_are_told_in_stripes_units(amount: int, currency: str, told: int) -> None:
    assert stripe_amount(amount, currency) == told


def test_the_version_is_pinned_and_the_key_is_shown_nowhere() -> None:
    asked = request(SETTINGS, StripeSecrets(api_key="sk_live_secret"), "pi_1")
    assert asked.headers["stripe-version"]
    assert asked.url == "https://api.stripe.com/v1/payment_intents/pi_1?expand%5B%5D=latest_charge"
    assert "sk_live_secret" not in f"{asked!r} {StripeSecrets(api_key='sk_live_secret')!r}"
