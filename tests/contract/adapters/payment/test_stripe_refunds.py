"""Refunds at Stripe against its double: paid once however often they are asked for, and every answer is understood."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.doubles.stripe_refunds import StripeRefundsDouble
from tests.doubles.turns import Turn, answers, breaks_off, garbles, hangs, hangs_up
from tidings.adapters.http import Http, Patience
from tidings.adapters.provider import Tools
from tidings.adapters.registry import Registry
from tidings.changes.ports import (
    ConnectionConfig,
    RefundAsked,
    Refunder,
    RefundRefused,
    RefundSilent,
    RefundSucceeded,
    RefundTaken,
)  # fmt: skip
from tidings.kit.ids import new_id

ASKED = RefundAsked(f"rfd_{7:032x}", "W-1", "pi_123", 1990, "EUR")
AGAIN = replace(ASKED, is_repeat=True)


@pytest.fixture
async def stripe() -> AsyncIterator[StripeRefundsDouble]:
    async with StripeRefundsDouble() as double:
        yield double


async def refunder_at(double: StripeRefundsDouble, http: Http, **secrets: str) -> Refunder:
    tools = Tools(http, FixedClock(), timeout=timedelta(seconds=5), allow_insecure=True)
    connection = ConnectionConfig(
        id=new_id(), storefront_id=new_id(), mode="live", name="stripe", channel="payment", provider="stripe",
        settings=double.settings, secrets=double.secrets | secrets, version=1,
    )  # fmt: skip
    opened = Registry(tools).open_refunder(connection)
    assert opened is not None
    return opened


@pytest.fixture
async def refunder(stripe: StripeRefundsDouble) -> AsyncIterator[Refunder]:
    async with Http(Patience.within(timedelta(seconds=2))) as http:
        yield await refunder_at(stripe, http)


async def test_money_goes_back_and_names_its_cause(stripe: StripeRefundsDouble, refunder: Refunder) -> None:
    outcome = await refunder.refund(ASKED)
    (made,) = stripe.made
    assert outcome == RefundSucceeded(made.id)
    assert made.key == ASKED.refund_id
    assert made.form == {
        "payment_intent": "pi_123", "amount": "1990", "reason": "requested_by_customer",
        "metadata[tidings_refund]": ASKED.refund_id, "metadata[order_number]": "W-1",
    }  # fmt: skip


async def test_it_goes_once_however_often_it_is_asked(stripe: StripeRefundsDouble, refunder: Refunder) -> None:
    first = await refunder.refund(ASKED)
    assert [await refunder.refund(each) for each in (ASKED, AGAIN)] == [first, first]
    stripe.forget_keys()
    assert await refunder.refund(AGAIN) == first, "found again after its key was pruned"
    assert len(stripe.made) == 1


@pytest.mark.parametrize("turn", [breaks_off(), hangs(takes=True), hangs_up(takes=True)])
async def test_an_answer_that_is_lost_pays_once(stripe: StripeRefundsDouble, refunder: Refunder, turn: Turn) -> None:
    stripe.script(turn)
    assert isinstance(await refunder.refund(ASKED), RefundSilent)
    assert await refunder.refund(AGAIN) == RefundSucceeded(stripe.made[0].id)
    assert len(stripe.made) == 1


async def test_whoever_comes_after_one_that_never_asked_pays(stripe: StripeRefundsDouble, refunder: Refunder) -> None:
    assert isinstance(await refunder.refund(AGAIN), RefundSucceeded)
    assert [request.method for request in stripe.requests] == ["GET", "POST"]


async def test_what_takes_days_is_asked_for_again() -> None:
    async with StripeRefundsDouble(status="pending") as double, Http() as http:
        refunder = await refunder_at(double, http)
        taken = await refunder.refund(ASKED)
        assert taken == RefundTaken(double.made[0].id, timedelta(hours=1))
        known = replace(AGAIN, provider_refund_id=double.made[0].id)
        assert await refunder.refund(known) == taken
        double.made[0].status = "requires_action"
        assert await refunder.refund(known) == taken
        double.made[0].status, double.made[0].failure_reason = "failed", "expired_or_canceled_card"
        assert await refunder.refund(known) == RefundRefused("Stripe: failed (expired_or_canceled_card)")
        double.made[0].status, double.made[0].failure_reason = "canceled", None
        assert await refunder.refund(known) == RefundRefused("Stripe: canceled")
        double.made[0].status = "brand_new"
        assert isinstance(await refunder.refund(known), RefundSilent)
        assert len(double.made) == 1


def error(status: int, code: str | None = None, kind: str = "invalid_request_error", **headers: str) -> Turn:
    content = {"error": {"type": kind, "code": code, "message": f"no ({code})"}}
    return answers(status, content, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (error(400, "charge_already_refunded"), RefundRefused),
        (error(402, "insufficient_funds", "card_error"), RefundRefused),
        (error(404, "resource_missing"), RefundRefused),
        (error(400, "rate_limit"), RefundSilent),
        (error(400, None, "idempotency_error"), RefundSilent),
        (error(400, "x", stripe_should_retry="true"), RefundSilent),
        (error(401), RefundSilent),
        (error(403), RefundSilent),
        (error(404), RefundSilent),
        (error(409, "idempotency_key_in_use"), RefundSilent),
        (error(429), RefundSilent),
        (error(500), RefundSilent),
        (answers(400, b"<html>"), RefundSilent),
        (answers(301, b"", {"location": "https://elsewhere.example"}), RefundSilent),
        (answers(200, b"<html>"), RefundSilent),
        (answers(200, {"object": "refund", "id": "re_1", "status": "succeeded", "metadata": {}}), RefundSilent),
        (answers(200, [1]), RefundSilent),
        (garbles(), RefundSilent),
    ],
)
async def test_every_answer_is_understood(
    stripe: StripeRefundsDouble, refunder: Refunder, turn: Turn, kind: type[Any]
) -> None:
    stripe.script(turn)
    assert isinstance(await refunder.refund(ASKED), kind)


@pytest.mark.parametrize(
    "turn",
    [
        error(404, "resource_missing"),
        error(401),
        error(500),
        answers(200, {"object": "list", "data": [], "has_more": True}),
        answers(200, {"object": "list", "data": 1}),
        answers(200, b"<html>"),
        hangs_up(),
    ],
)
async def test_who_cannot_find_out_pays_nothing(stripe: StripeRefundsDouble, refunder: Refunder, turn: Turn) -> None:
    stripe.script(turn)
    assert isinstance(await refunder.refund(AGAIN), RefundSilent)
    assert stripe.made == []


async def test_who_asks_too_fast_waits_as_long_as_is_said(stripe: StripeRefundsDouble, refunder: Refunder) -> None:
    stripe.script(error(429, retry_after="7"))
    assert await refunder.refund(ASKED) == RefundSilent("no (None)", timedelta(seconds=7))


async def test_a_payment_that_is_not_stripes_is_nobodys_there(stripe: StripeRefundsDouble, refunder: Refunder) -> None:
    assert isinstance(await refunder.refund(replace(ASKED, payment_reference="PAY/1?x=1")), RefundRefused)
    assert stripe.requests == []


async def test_a_charge_can_be_named_and_yen_have_no_cents(stripe: StripeRefundsDouble, refunder: Refunder) -> None:
    await refunder.refund(replace(ASKED, payment_reference="ch_1", currency="JPY"))
    assert (stripe.made[0].form["charge"], stripe.made[0].form["amount"]) == ("ch_1", "1990")


async def test_a_wrong_key_waits_to_be_mended(stripe: StripeRefundsDouble) -> None:
    async with Http() as http:
        refunder = await refunder_at(stripe, http, api_key="sk_wrong")
        outcome = await refunder.refund(ASKED)
    assert outcome == RefundSilent("Invalid API Key provided", timedelta(minutes=10))
