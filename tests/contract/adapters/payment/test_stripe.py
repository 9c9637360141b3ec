"""Stripe against its double."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.contract.verifying import Plain, VerifierConformance, VerifierStand, question
from tests.doubles.stripe import StripeDouble
from tidings.verification.ports import Failed, Passed, Question, Silent


class StripeStand(VerifierStand):
    channel = "payment"
    provider = "stripe"

    def __init__(self, double: StripeDouble) -> None:
        super().__init__()
        self._double = double

    @property
    def double(self) -> StripeDouble:
        return self._double

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.double.settings

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.double.secrets

    @property
    def wrong_secrets(self) -> Mapping[str, str]:
        return {"api_key": "sk_test_another"}

    def about(self, outcome: Plain) -> Question:
        status = {"passed": "succeeded", "failed": "canceled", "pending": "processing"}[outcome]
        self.double.pay(f"pi_{outcome}", 1999, status=status)
        return question("payment", payment_reference=f"pi_{outcome}")


@pytest.fixture
async def stand() -> AsyncIterator[StripeStand]:
    async with StripeDouble() as double, StripeStand(double) as stand:
        yield stand


class TestStripe(VerifierConformance):
    provider = ("payment", "stripe")


async def test_the_charge_is_read_with_the_payment(stand: StripeStand) -> None:
    charge = {"object": "charge", "refunded": False, "amount_refunded": 100, "disputed": False}
    stand.double.pay("pi_1", 1999, latest_charge=charge)
    assert await stand.asked(question("payment")) == Failed("the payment was refunded", has_money=True)


async def test_a_payment_that_is_not_there_is_a_no(stand: StripeStand) -> None:
    assert await stand.asked(question("payment")) == Failed("Stripe knows no such payment")


async def test_a_wrong_address_is_none(stand: StripeStand) -> None:
    stand.double.pay("pi_1", 1999)
    verdict = await stand.asked(question("payment"), settings={"base_url": f"{stand.double.base_url}/proxy"})
    assert isinstance(verdict, Silent)


async def test_what_cannot_be_a_payment_of_stripes_is_not_asked_about(stand: StripeStand) -> None:
    for reference in ("../v1/refunds", "pi_1?x=1", "pi_", "PAYPAL-7", "pi_1\n"):
        assert isinstance(await stand.asked(question("payment", payment_reference=reference)), Failed)
    assert isinstance(await stand.asked(question("payment", payment_reference=None)), Silent)
    assert stand.double.requests == []


async def test_a_shop_may_be_content_with_an_authorisation(stand: StripeStand) -> None:
    stand.double.pay("pi_1", 1999, status="requires_capture")
    verdict = await stand.asked(question("payment"), settings={"authorised_is_enough": True})
    assert verdict == Passed("Stripe: authorised")
