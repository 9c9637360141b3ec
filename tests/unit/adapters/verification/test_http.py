"""What a shop's own system is asked, and what its answers mean."""

import json

import pytest
from standardwebhooks import Webhook

from tests.clock import FixedClock
from tests.contract.verifying import question
from tests.doubles.verifier import SECRET
from tidings.adapters.http import Http, HttpResponse
from tidings.adapters.provider import Tools
from tidings.adapters.registry import Registry
from tidings.adapters.verification.http import HttpVerifierSettings, request, verdict_of
from tidings.verification.ports import Failed, NotYet, Passed, Silent, Verdict

NOW = FixedClock().now()
SETTINGS = HttpVerifierSettings.model_validate({"base_url": "https://erp.shop.example/tidings/"})


def answered(status: int, content: object) -> Verdict:
    return verdict_of(HttpResponse(status, {}, json.dumps(content).encode()), NOW)


def test_the_question_is_signed_as_the_standard_says() -> None:
    # The official package goes by the wall's clock.
    asked = request(SETTINGS, SECRET, question("payment"), FixedClock().now())
    assert (asked.method, asked.url) == ("POST", "https://erp.shop.example/tidings/payment-checks")
    assert Webhook(SECRET).verify(asked.body, dict(asked.headers))["total"] == {"amount": 1999, "currency": "EUR"}
    assert SECRET not in repr(asked)


@pytest.mark.parametrize(
    ("status", "content", "verdict"),
    [
        (200, {"outcome": "passed"}, Passed(None)),
        (201, {"outcome": "passed", "reason": "captured"}, Passed("captured")),
        (200, {"outcome": "failed", "reason": "sold out"}, Failed("sold out")),
        (200, {"outcome": "failed", "reason": 7}, Failed("it said no, and not why")),
        (200, {"outcome": "pending", "more": "is ignored"}, NotYet("it cannot say yet")),
        (200, {"outcome": "PASSED"}, Silent("its answer makes no sense")),
        (200, {"outcome": True}, Silent("its answer makes no sense")),
        (200, [{"outcome": "passed"}], Silent("its answer makes no sense")),
        (202, {"outcome": "passed"}, Silent("it answered 202")),
        (204, {"outcome": "passed"}, Silent("it answered 204")),
        (401, {"outcome": "passed"}, Silent("it answered 401", misconfigured=True)),
        (404, {"outcome": "failed"}, Silent("it answered 404", misconfigured=True)),
        (500, {"outcome": "failed"}, Silent("it answered 500")),
    ],
)
def test_only_a_plain_answer_decides(status: int, content: object, verdict: Verdict) -> None:
    assert answered(status, content) == verdict


def test_a_reason_is_one_line_and_not_too_long() -> None:
    verdict = answered(200, {"outcome": "failed", "reason": "no\n" * 500})
    assert isinstance(verdict, Failed)
    assert "\n" not in verdict.reason
    assert len(verdict.reason) <= 300


async def test_a_secret_that_cannot_sign_is_refused() -> None:
    async with Http() as http:
        registry = Registry(Tools(http, FixedClock()))
        for secret in ("", "whsec_", "whsec_&&&"):
            checked = registry.check("stock", "http", {"base_url": "https://erp.example"}, {"signing_secret": secret})
            assert [fault.pointer for fault in checked.faults] == ["/secrets/signing_secret"]
        checked = registry.check("stock", "http", {"base_url": "http://127.0.0.1:1"}, {})
        assert [fault.pointer for fault in checked.faults] == ["/settings/base_url", "/secrets/signing_secret"]
