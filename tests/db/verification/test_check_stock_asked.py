"""Whoever knows what is in stock is asked, where the policy says so."""

from datetime import timedelta

import pytest

from tests.db.verification.store import Store, line
from tidings.kit.ids import wire
from tidings.orders.load import order_for_update
from tidings.verification.decide import Decision, decide
from tidings.verification.ports import Failed, NotYet, Passed, Question, Silent, Verdict


@pytest.mark.parametrize(
    ("answer", "checked"), [(Passed("there"), "passed"), (Failed("gone"), "failed"), (NotYet("counting"), "pending")]
)
async def test_a_provider_is_asked_where_the_policy_says_so(answer: object, checked: str, store: Store) -> None:
    await store.decide(stock="provider")
    store.oracle.answers = [answer]  # type: ignore[list-item]
    order_id = await store.order(line("TEA", 2), line("TEA"), line("HELP", kind="service"))
    await store.work()
    assert (await store.checks(order_id))[1] == checked
    (question,) = store.oracle.questions
    assert (question.check, question.order_id) == ("stock", wire("ord", order_id))
    assert [(each.sku, each.quantity) for each in question.lines] == [("TEA", 3)]
    assert store.oracle.closed == 1


async def test_an_answer_about_other_goods_is_asked_for_again(store: Store) -> None:
    await store.decide(stock="provider")
    order_id = await store.order(line("TEA"))
    verify = store.oracle.verify

    async def meanwhile_more(question: Question) -> Verdict:
        if not store.oracle.questions:
            await store.relined(order_id, line("TEA", 9))
            # Asked about the change itself, and quicker than this answer.
            async with store.begin(store.shop.scope) as tx:
                said = Decision("stock", "failed", "9 wanted, 1 there")
                await decide(tx, await order_for_update(tx, order_id), said, store.by)
        return await verify(question)

    store.oracle.verify = meanwhile_more  # type: ignore[method-assign]
    store.oracle.answers = [Passed("1 there"), Failed("9 wanted, 1 there")]
    await store.work()
    assert (await store.checks(order_id), len(store.oracle.questions)) == (("pending", "failed", "received", True), 1)
    await store.work()
    assert [each.quantity for question in store.oracle.questions for each in question.lines] == [1, 9]
    assert (await store.checks(order_id))[1] == "failed"


async def test_a_silent_provider_holds_up_no_ledger(store: Store) -> None:
    await store.decide(stock="provider")
    store.oracle.answers = [Silent("nothing")]
    order_id = await store.order()
    await store.work()
    assert (await store.checks(order_id), await store.waiting()) == (
        ("pending", "pending", "received", False), [("check_stock", timedelta(seconds=5))],
    )  # fmt: skip
