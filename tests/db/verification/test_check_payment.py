import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.db.verification.store import Store
from tests.fixtures.facts import facts, messages, tasks, told
from tidings.kit.ids import wire
from tidings.storefronts.kinds import Channel
from tidings.templates.render import Templates
from tidings.templates.samples import request
from tidings.verification.ports import Failed, NotYet, Passed, Question, Silent, Verdict

AGREED = {"cash_on_delivery": "agreed", "invoice": "agreed", "bank_transfer": "manual"}
METHODS = ("card", "paypal", "bank_transfer", "cash_on_delivery", "invoice")
ANSWERS: dict[str, Verdict] = {
    "passed": Passed("captured"), "failed": Failed("declined"), "pending": NotYet("under way"), "silent": Silent("?"),
}  # fmt: skip


@pytest.fixture
async def paid(store: Store) -> Store:
    """A shop that asks a provider, but for what is paid later or by bank transfer."""
    await store.decide(payment="provider", payment_by_method=AGREED)
    return store


async def order(store: Store, method: str = "card", **payment: Any) -> UUID:
    return await store.order(payment={"method": method, "provider": None, "reference": "pi_1"} | payment)


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("method", METHODS)
async def test_payment_method_by_outcome_the_confirmation_goes_out_and_claims_no_payment(
    method: str, answer: str, paid: Store
) -> None:
    paid.oracle.answers = [ANSWERS[answer]]
    order_id = await order(paid, method)
    # Owed at receipt, whatever the payment: before anybody was asked.
    assert await messages(paid.begin, paid.shop, order_id) == [("order_confirmation", wire("ord", order_id))]
    (placed,) = await facts(paid.begin, paid.shop, order_id)
    assert placed["snapshot"]["order"]["payment_check"] == "pending"
    await paid.work()
    is_asked = method in {"card", "paypal"}
    asked_for = {"passed": "passed", "failed": "failed", "pending": "pending", "silent": "pending"}[answer]
    expected = asked_for if is_asked else {"bank_transfer": "pending"}.get(method, "passed")
    assert (await paid.checks(order_id))[0] == expected
    assert len(paid.oracle.questions) == is_asked
    told = [milestone for milestone, _ in await messages(paid.begin, paid.shop, order_id)]
    assert told == ["order_confirmation", *(["issue_notification"] if is_asked and answer == "failed" else [])]


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("method", METHODS)
async def test_the_confirmation_says_received_and_never_paid(
    method: str, channel: Channel, paid: Store, templates: Templates
) -> None:
    (placed,) = await facts(paid.begin, paid.shop, await order(paid, method))
    asked = replace(request("order_confirmation", channel, "en-GB"), snapshot=placed["snapshot"])
    said = templates.render(asked)
    words = f"{said.subject} {said.text} {said.html}"
    assert "received" in words
    assert not re.search(r"\bpaid\b|payment (was |has been )?(received|captured|passed|verified)", words, re.IGNORECASE)


async def test_what_is_paid_later_passes_by_itself_and_says_why(paid: Store) -> None:
    order_id = await order(paid, "cash_on_delivery")
    await paid.work()
    assert await paid.reasons(order_id, "payment.checked") == ["agreed for later: cash_on_delivery"]


async def test_the_provider_is_told_what_it_must_know_and_nothing_of_the_customer(paid: Store) -> None:
    order_id = await order(paid, reference="pi_42", provider="stripe")
    await paid.work()
    (question,) = paid.oracle.questions
    row = (await paid.look(order_id)).row
    assert (question.total, question.currency, question.order_number) == (row.total, row.currency, row.number)
    assert (question.payment_method, question.payment_provider, question.payment_reference) == (
        "card", "stripe", "pi_42",
    )  # fmt: skip
    assert str(row.customer_email) not in str(question)


async def test_a_failed_payment_is_an_issue_of_which_the_customer_is_told(paid: Store) -> None:
    paid.oracle.answers = [Failed("declined")]
    order_id = await order(paid)
    await paid.work()
    assert await paid.checks(order_id) == ("failed", "pending", "received", True)
    assert await paid.issues(order_id) == [("payment_error", "payment", "open")]
    assert (await paid.waiting(), await paid.reasons(order_id, "payment.checked")) == ([], ["declined"])


async def test_both_passed_the_order_is_processed_by_itself(paid: Store) -> None:
    await paid.has(TEA=5)
    await paid.decide(payment="provider", stock="ledger")
    order_id = await order(paid)
    await paid.work()
    assert await paid.checks(order_id) == ("passed", "passed", "processing", False)
    assert (await paid.kinds(order_id))[-1] == "processing.started"


async def test_not_yet_is_asked_again_with_the_same_key_until_it_is_said(paid: Store) -> None:
    paid.oracle.answers = [NotYet("under way"), NotYet("under way", timedelta(hours=3)), Passed("there")]
    order_id = await order(paid)
    for wait in (timedelta(seconds=30), timedelta(hours=3)):
        await paid.work()
        assert await paid.waiting() == [("check_payment", wait)]
        paid.clock.advance(wait)
    await paid.work()
    assert (await paid.checks(order_id))[0] == "passed"
    assert len({question.key for question in paid.oracle.questions}) == 1
    assert await tasks(paid.begin, paid.shop, order_id) == []


async def test_an_answer_about_another_sum_is_asked_for_again(paid: Store) -> None:
    order_id = await order(paid)
    verify = paid.oracle.verify

    async def meanwhile_dearer(question: Question) -> Verdict:
        if not paid.oracle.questions:
            await told(paid.begin, "UPDATE orders SET total = total + 990 WHERE id = $1 RETURNING 1", order_id)
        return await verify(question)

    paid.oracle.verify = meanwhile_dearer  # type: ignore[method-assign]
    paid.oracle.answers = [Passed("captured"), Failed("only a part was captured")]
    await paid.work()
    assert (await paid.checks(order_id))[0] == "pending"
    await paid.work()
    first, second = paid.oracle.questions
    assert second.total == first.total + 990
    assert (await paid.checks(order_id))[0] == "failed"
