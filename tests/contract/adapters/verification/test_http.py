"""A system of the shop's own against its double."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.contract.verifying import Plain, VerifierConformance, VerifierStand, question
from tests.doubles.verifier import VerifierDouble
from tidings.verification.ports import Failed, NotYet, Passed, Question

_ANSWERS: Mapping[Plain, Mapping[str, Any]] = {
    "passed": {"outcome": "passed"},
    "failed": {"outcome": "failed", "reason": "sold out"},
    "pending": {"outcome": "pending", "reason": "counting"},
}


class HttpStand(VerifierStand):
    channel = "stock"
    provider = "http"

    def __init__(self, double: VerifierDouble) -> None:
        super().__init__()
        self._double = double

    @property
    def double(self) -> VerifierDouble:
        return self._double

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.double.settings

    @property
    def secrets(self) -> Mapping[str, str]:
        return self.double.secrets

    @property
    def wrong_secrets(self) -> Mapping[str, str]:
        return {"signing_secret": "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgb2YgMzI="}

    def about(self, outcome: Plain) -> Question:
        self.double.answers[outcome] = _ANSWERS[outcome]
        return question("stock", order_number=outcome)


class PaymentStand(HttpStand):
    channel = "payment"


@pytest.fixture
async def stand() -> AsyncIterator[HttpStand]:
    async with VerifierDouble() as double, HttpStand(double) as stand:
        yield stand


class TestHttp(VerifierConformance):
    provider = ("stock", "http")


async def test_it_is_told_what_it_must_know_in_its_own_words(stand: HttpStand) -> None:
    await stand.asked(question("stock"))
    assert stand.double.questions == [
        {
            "check": "stock", "key": "chk_0198", "order_id": "ord_0198", "order_number": "W-1",
            "total": {"amount": 1999, "currency": "EUR"},
            "payment": {"method": "card", "provider": None, "reference": "pi_1"},
            "lines": [{"sku": "TEA", "quantity": 2}],
        }
    ]  # fmt: skip


async def test_a_retry_has_the_same_id_so_that_nothing_is_reserved_twice(stand: HttpStand) -> None:
    for _ in range(2):
        await stand.asked(question("stock"))
    assert [request.headers["webhook-id"] for request in stand.double.requests] == ["chk_0198"] * 2


async def test_the_reason_is_kept(stand: HttpStand) -> None:
    assert await stand.asked(stand.about("failed")) == Failed("sold out")
    assert await stand.asked(stand.about("pending")) == NotYet("counting")


async def test_payments_are_asked_about_in_the_same_way() -> None:
    async with VerifierDouble() as double, PaymentStand(double) as stand:
        assert await stand.asked(question("payment")) == Passed(None)
        assert [request.path for request in double.requests] == ["/payment-checks"]
