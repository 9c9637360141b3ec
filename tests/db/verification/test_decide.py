from itertools import permutations
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.errands import left
from tests.fixtures.facts import facts, messages, records, tasks
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import NotFound
from tidings.orders.errors import IllegalMove
from tidings.orders.load import HeldOrder
from tidings.orders.states import ORDER_STATUSES
from tidings.verification.decide import DecideCheck, decide_check, state_of
from tidings.verification.kinds import CHECKS, CheckName, Outcome


async def decided(
    begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, *told: tuple[CheckName, Outcome, str | None]
) -> HeldOrder:
    assert told
    for check, outcome, reason in told:
        async with begin(shop.scope) as tx:
            order = await decide_check(tx, DecideCheck(order_id, check, outcome, reason, "staff/7"), now=clock.now())
    return order


async def kinds(begin: Begin, shop: Shop, order_id: UUID) -> list[str]:
    return [fact["kind"] for fact in await facts(begin, shop, order_id)]


@pytest.mark.parametrize("first", CHECKS)
async def test_both_passed_start_the_processing(first: CheckName, begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    second: CheckName = "stock" if first == "payment" else "payment"
    order = await decided(begin, shop, clock, order_id, (first, "passed", None))
    assert (order.row.status, state_of(order, first), state_of(order, second)) == ("received", "passed", "pending")
    order = await decided(begin, shop, clock, order_id, (second, "passed", None))
    assert (order.row.status, state_of(order, second)) == ("processing", "passed")
    assert await kinds(begin, shop, order_id) == [
        "order.placed", f"{first}.checked", f"{second}.checked", "processing.started",
    ]  # fmt: skip
    last = (await facts(begin, shop, order_id))[-2:]
    assert [fact["snapshot"]["order"]["status"] for fact in last] == ["received", "processing"]


async def test_who_decided_and_why_is_recorded(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    await decided(begin, shop, clock, order_id, ("payment", "failed", "authorisation expired"))
    record = (await records(begin, shop, order_id))[1]
    assert (record["kind"], record["actor"]) == ("payment.checked", "staff/7")
    told = {name: record["data"][name] for name in ("check", "outcome")}
    assert told == {"check": "payment", "outcome": "failed"}
    assert record["words"] == {"reason": "authorisation expired"}
    assert "authorisation" not in str(record["data"])


async def test_a_failed_check_is_an_issue_until_it_passes(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    order = await decided(begin, shop, clock, order_id, ("stock", "failed", "sold out"), ("payment", "passed", None))
    assert (order.row.status, order.row.on_hold) == ("received", True)
    assert await tasks(begin, shop, order_id) == [("handle_issue", "open")]
    order = await decided(begin, shop, clock, order_id, ("stock", "passed", "found one"))
    assert (order.row.status, order.row.on_hold) == ("processing", False)
    assert await tasks(begin, shop, order_id) == [("handle_issue", "dropped")]
    assert await kinds(begin, shop, order_id) == [
        "order.placed", "stock.checked", "issue.opened", "payment.checked", "stock.checked", "issue.resolved",
        "processing.started",
    ]  # fmt: skip


async def test_the_customer_is_told_of_the_issue_and_that_it_is_settled(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    await decided(begin, shop, clock, order_id, ("payment", "failed", "expired"), ("payment", "passed", None))
    owed = [milestone for milestone, _ in await messages(begin, shop, order_id)]
    assert owed == ["order_confirmation", "issue_notification", "issue_resolved"]


async def test_two_failed_checks_are_two_issues_and_the_order_goes_on_after_the_last(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    await decided(begin, shop, clock, order_id, ("payment", "failed", None), ("stock", "failed", None))
    assert await tasks(begin, shop, order_id) == [("handle_issue", "open")] * 2
    order = await decided(begin, shop, clock, order_id, ("payment", "passed", None))
    assert (order.row.status, order.row.on_hold) == ("received", True)
    order = await decided(begin, shop, clock, order_id, ("stock", "passed", None))
    assert (order.row.status, order.row.on_hold) == ("processing", False)


async def test_the_same_outcome_told_again_changes_nothing(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    for outcome, reason in (("failed", "sold out"), ("passed", None)):
        once = await decided(begin, shop, clock, order_id, ("stock", outcome, reason))  # type: ignore[arg-type]
        again = await decided(begin, shop, clock, order_id, ("stock", outcome, reason))  # type: ignore[arg-type]
        assert again.row.version == once.row.version
    assert await kinds(begin, shop, order_id) == [
        "order.placed", "stock.checked", "issue.opened", "stock.checked", "issue.resolved",
    ]  # fmt: skip


async def test_the_same_outcome_for_another_reason_is_news(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    await decided(begin, shop, clock, order_id, ("stock", "failed", "sold out"), ("stock", "failed", "broken"))
    found = [r["words"]["reason"] for r in await records(begin, shop, order_id) if r["kind"] == "stock.checked"]
    assert found == ["sold out", "broken"]
    assert await tasks(begin, shop, order_id) == [("handle_issue", "open")]


async def test_a_passed_check_may_fail_after_all_until_processing(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    order = await decided(
        begin, shop, clock, order_id, ("payment", "passed", None), ("payment", "failed", "chargeback")
    )
    assert (order.row.payment_check, order.row.status) == ("failed", "received")


async def test_in_whatever_order_outcomes_come_the_last_word_counts(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    failed, stock, passed = ("payment", "failed", None), ("stock", "passed", None), ("payment", "passed", None)
    told: tuple[tuple[CheckName, Outcome, str | None], ...] = (failed, stock, passed)  # type: ignore[assignment]
    for order in permutations(told):
        order_id = await placed(begin, shop, clock)
        if order[-1] == failed:
            # Too late: both had passed.
            with pytest.raises(IllegalMove):
                await decided(begin, shop, clock, order_id, *order)
        else:
            await decided(begin, shop, clock, order_id, *order)
        is_good = order.index(passed) > order.index(failed) or order[-1] == failed
        assert (await kinds(begin, shop, order_id)).count("processing.started") == is_good


@pytest.mark.parametrize("status", [status for status in ORDER_STATUSES if status not in {"received", "cancelled"}])
async def test_a_check_is_decided_while_the_order_waits_for_it(
    status: str, begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, status=status)
    with pytest.raises(IllegalMove) as refusal:
        await decided(begin, shop, clock, order_id, ("payment", "failed", None))
    assert refusal.value.members["order_status"] == status


@pytest.mark.parametrize("before", ["pending", "failed"])
async def test_of_a_cancelled_order_it_is_told_that_it_was_paid_after_all_and_that_is_the_last_word(
    before: str, begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, status="cancelled", payment_check=before)
    order = await decided(begin, shop, clock, order_id, *[("payment", "passed", "seen on the account")] * 2)  # type: ignore[list-item]
    assert (order.row.payment_check, order.row.status, order.row.version) == ("passed", "cancelled", 2)
    assert [errand["kind"] for errand in await left(begin)] == ["refund_cancelled"]
    for check, outcome in (("payment", "failed"), ("stock", "passed")):
        with pytest.raises(IllegalMove):
            await decided(begin, shop, clock, order_id, (check, outcome, None))  # type: ignore[arg-type]


async def test_of_a_cancelled_order_that_was_not_paid_nobody_hears_more(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, status="cancelled")
    await decided(begin, shop, clock, order_id, ("payment", "failed", "expired"))
    assert (await tasks(begin, shop, order_id), await left(begin)) == ([], [])
    assert await kinds(begin, shop, order_id) == ["order.placed", "payment.checked"]
    assert [milestone for milestone, _ in await messages(begin, shop, order_id)] == ["order_confirmation"]


async def test_a_late_repeat_of_what_is_decided_is_no_refusal(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status="shipped", payment_check="passed", stock_check="passed")
    order = await decided(begin, shop, clock, order_id, ("payment", "passed", "told again"))
    assert order.row.version == 1
    assert await kinds(begin, shop, order_id) == ["order.placed"]


async def test_an_order_on_hold_is_checked_and_stays(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, on_hold=True)
    order = await decided(begin, shop, clock, order_id, ("payment", "passed", None), ("stock", "passed", None))
    assert (order.row.status, order.row.stock_check) == ("received", "passed")


async def test_anothers_order_is_not_there(begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body())
    with pytest.raises(NotFound):
        await decided(begin, other_shop, clock, order_id, ("payment", "passed", None))
