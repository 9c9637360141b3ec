"""Whether an order is paid is found out after its cancellation, too: what was taken must go back."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.db.verification.store import Oracle, Store
from tests.fixtures.facts import messages, tasks, told
from tidings.verification.ports import Failed, NotYet, Passed, Question, Silent, Verdict

CARD = {"method": "card", "provider": None, "reference": "pi_1"}
UNDER_WAY = NotYet("under way")


@pytest.fixture
async def paid(store: Store) -> Store:
    """A shop that asks a provider."""
    await store.decide(payment="provider")
    return store


async def order(store: Store, **payment: str | None) -> UUID:
    return await store.order(payment=CARD | payment)


async def cancelled(store: Store, *answers: Verdict) -> UUID:
    """An order that was cancelled while its payment was under way."""
    store.oracle.answers = [UNDER_WAY, *answers]
    order_id = await order(store)
    await store.work()
    await store.cancel(order_id)
    return order_id


async def milestones(store: Store, order_id: UUID) -> list[str]:
    return [milestone for milestone, _ in await messages(store.begin, store.shop, order_id)]


async def test_what_proves_to_be_taken_goes_back_once(paid: Store) -> None:
    order_id = await cancelled(paid, UNDER_WAY, Passed("captured"))
    await paid.to_the_end()
    assert (await paid.checks(order_id))[::2] == ("passed", "cancelled")
    assert await paid.refunds(order_id) == [(await paid.look(order_id)).row.total]
    assert await paid.kinds(order_id) == ["order.placed", "order.cancelled", "payment.checked", "refund.requested"]
    assert await paid.reasons(order_id, "payment.checked") == ["captured"]


async def test_the_cancellation_has_the_provider_asked_at_once(paid: Store) -> None:
    paid.oracle.answers = [NotYet("under way", timedelta(hours=3)), Passed("captured")]
    order_id = await order(paid)
    await paid.work()
    await paid.cancel(order_id)
    for _ in range(3):
        await paid.work()
    assert len(await paid.refunds(order_id)) == 1


async def test_a_verdict_that_comes_after_the_cancellation_is_kept_and_pays_back(paid: Store) -> None:
    order_id = await order(paid)

    class Late(Oracle):
        async def verify(self, question: Question) -> Verdict:
            await paid.cancel(order_id)
            return Passed("there")

    paid.oracle = Late()
    await paid.work()
    assert (await paid.checks(order_id))[:3] == ("passed", "pending", "cancelled")
    await paid.work()
    assert await paid.kinds(order_id) == ["order.placed", "order.cancelled", "payment.checked", "refund.requested"]


async def test_a_cancellation_and_a_verdict_at_once_pay_back_once(paid: Store) -> None:
    orders = [await order(paid) for _ in range(6)]
    errands = await paid.fetch()
    await asyncio.gather(*map(paid.carry_out, errands), *map(paid.cancel, orders))
    while await paid.work(at_once=True):
        pass
    for order_id in orders:
        assert (await paid.checks(order_id))[::2] == ("passed", "cancelled")
        assert len(await paid.refunds(order_id)) == 1


async def test_what_was_not_paid_is_recorded_and_troubles_nobody(paid: Store) -> None:
    order_id = await cancelled(paid, Failed("the payment was cancelled"))
    await paid.to_the_end()
    assert (await paid.checks(order_id))[0] == "failed"
    assert await paid.reasons(order_id, "payment.checked") == ["the payment was cancelled"]
    assert (await paid.issues(order_id), await paid.refunds(order_id)) == ([], [])
    assert await tasks(paid.begin, paid.shop, order_id) == []
    assert await milestones(paid, order_id) == ["order_confirmation", "order_cancelled"]


async def test_money_that_is_not_the_orders_price_is_for_people_before_and_after_the_cancellation(paid: Store) -> None:
    too_little = Failed("less paid than the order costs", has_money=True)
    for answers in ([UNDER_WAY, too_little], [too_little]):
        paid.oracle.answers = list(answers)
        order_id = await order(paid)
        await paid.work()
        await paid.cancel(order_id)
        await paid.to_the_end()
        assert ((await paid.checks(order_id))[0], await paid.refunds(order_id)) == ("failed", [])
        assert ("verify_by_hand", "open") in await tasks(paid.begin, paid.shop, order_id)


async def test_a_provider_that_is_silent_is_a_task_and_no_issue_and_its_answer_closes_it(paid: Store) -> None:
    order_id = await cancelled(paid, Silent("no key", misconfigured=True), Passed("captured"))
    for _ in range(2):
        await paid.work()
    assert await paid.issues(order_id) == []
    assert await tasks(paid.begin, paid.shop, order_id) == [("verify_by_hand", "open")]
    (task,) = await told(paid.begin, "SELECT data FROM tasks")
    data = task["data"]
    assert (data["check"], data["reason"], data["order_status"]) == ("payment", "no key", "cancelled")
    await paid.to_the_end()
    assert ("verify_by_hand", "dropped") in await tasks(paid.begin, paid.shop, order_id)
    assert len(await paid.refunds(order_id)) == 1


async def test_who_was_to_find_out_before_the_cancellation_still_is(paid: Store) -> None:
    paid.oracle.answers = [Silent("no key", misconfigured=True)]
    order_id = await order(paid)
    await paid.work()
    await paid.cancel(order_id)
    for _ in range(2):
        await paid.work()
    assert ("verify_by_hand", "open") in await tasks(paid.begin, paid.shop, order_id)


async def test_what_is_still_not_said_after_a_month_is_for_people(paid: Store) -> None:
    order_id = await cancelled(paid, UNDER_WAY)
    await paid.to_the_end()
    assert await paid.issues(order_id) == []
    assert await tasks(paid.begin, paid.shop, order_id) == [("verify_by_hand", "open")]


async def test_a_payment_that_failed_at_first_is_asked_about_once_more(paid: Store) -> None:
    paid.oracle.answers = [Failed("declined"), Passed("captured")]
    order_id = await order(paid)
    await paid.work()
    await paid.cancel(order_id)
    await paid.to_the_end()
    assert len(await paid.refunds(order_id)) == 1


async def test_one_that_has_failed_for_good_is_asked_about_no_further(paid: Store) -> None:
    paid.oracle.answers = [Failed("declined")]
    order_id = await order(paid)
    await paid.work()
    await paid.cancel(order_id)
    await paid.to_the_end()
    assert (len(paid.oracle.questions), await paid.refunds(order_id)) == (2, [])
    assert (await paid.kinds(order_id)).count("payment.checked") == 1


@pytest.mark.parametrize(
    ("payment", "found"),
    [
        ({}, [("verify_by_hand", "open")]),
        ({"reference": None}, []),
        ({"reference": None, "status": "captured"}, [("verify_by_hand", "open")]),
        ({"method": "invoice"}, []),
    ],
)
async def test_where_people_say_it_they_are_asked_if_money_may_have_come(
    payment: dict[str, str | None], found: list[tuple[str, str]], store: Store
) -> None:
    order_id = await order(store, **payment)
    await store.cancel(order_id)
    await store.to_the_end()
    assert await tasks(store.begin, store.shop, order_id) == found
    assert store.oracle.questions == []


async def test_a_method_that_is_left_to_people_is_theirs_though_its_turn_had_not_come_yet(store: Store) -> None:
    await store.decide(payment="provider", payment_by_method={"card": "manual"})
    order_id = await order(store)
    await store.cancel(order_id)
    await store.to_the_end()
    assert await tasks(store.begin, store.shop, order_id) == [("verify_by_hand", "open")]


async def test_what_is_paid_later_is_not_paid_back(store: Store) -> None:
    await store.decide(payment="provider", payment_by_method={"cod": "agreed"})
    order_id = await order(store, method="cod", reference=None)
    await store.cancel(order_id)
    await store.to_the_end()
    assert (await store.refunds(order_id), await tasks(store.begin, store.shop, order_id)) == ([], [])
