from datetime import timedelta
from uuid import UUID

import pytest

from tests.db.verification.store import Store
from tests.fixtures.facts import messages, records, tasks
from tidings.kit.ids import wire
from tidings.records.append import Entry, append
from tidings.verification.decide import DecideCheck, decide_check
from tidings.verification.patience import LONGEST_WAIT_FOR_A_YES
from tidings.verification.ports import Failed, NotYet, Passed, Silent, Verdict

DAY = timedelta(hours=24)


async def order_that_expires(store: Store, **verification: str) -> UUID:
    await store.decide(**verification, unpaid_expires_after_hours=24)
    return await store.order()


async def told(store: Store, order_id: UUID, outcome: str) -> None:
    async with store.begin(store.shop.scope) as tx:
        command = DecideCheck(order_id, "payment", outcome, None, "staff/7")  # type: ignore[arg-type]
        await decide_check(tx, command, now=store.clock.now())


async def test_an_order_that_is_still_unpaid_is_cancelled_and_its_customer_told(store: Store) -> None:
    order_id = await order_that_expires(store)
    assert await store.waiting() == [("expire_unpaid", DAY)]
    store.clock.advance(DAY - timedelta(seconds=1))
    assert await store.work() == 0
    store.clock.advance(timedelta(seconds=1))
    await store.work()
    assert (await store.checks(order_id))[2] == "cancelled"
    *_, record = [
        each for each in await records(store.begin, store.shop, order_id) if each["kind"] == "order.cancelled"
    ]
    assert (record["actor"], record["data"]["reason"]) == ("system", "unpaid")
    assert (await messages(store.begin, store.shop, order_id))[-1][0] == "order_cancelled"


async def test_an_order_whose_payment_failed_expires_though_it_is_on_hold(store: Store) -> None:
    order_id = await order_that_expires(store)
    await told(store, order_id, "failed")
    store.clock.advance(DAY)
    await store.work()
    assert (await store.checks(order_id))[2] == "cancelled"


async def test_an_order_that_is_paid_never_expires(store: Store) -> None:
    order_id = await order_that_expires(store)
    await told(store, order_id, "passed")
    store.clock.advance(DAY)
    await store.work()
    assert ((await store.checks(order_id))[2], await store.waiting()) == ("received", [])


@pytest.mark.parametrize("status", ["processing", "shipped", "delivered", "completed", "cancelled"])
async def test_an_order_that_has_moved_on_does_not_expire(status: str, store: Store) -> None:
    order_id = await order_that_expires(store)
    async with store.begin.across() as tx:
        await tx.raw.execute("UPDATE orders SET status = $1", status)
    store.clock.advance(DAY)
    await store.work()
    assert (await store.checks(order_id))[2] == status


async def test_a_payment_that_stays_under_way_is_no_news_of_an_order_that_has_expired_for_it(store: Store) -> None:
    store.oracle.answers = [NotYet("under way")]
    order_id = await order_that_expires(store, payment="provider", stock="ledger")
    await store.has(TEA=5)
    placed_at = store.clock.now()
    await store.to_the_end()
    assert (await store.checks(order_id))[2] == "cancelled"
    assert store.clock.now() - placed_at >= LONGEST_WAIT_FOR_A_YES
    # What was promised to it is free again, and nobody is to look for what nobody has paid.
    assert await store.stock() == {"TEA": (5, 0)}
    assert (await tasks(store.begin, store.shop, order_id), await store.refunds(order_id)) == ([], [])


async def test_money_that_comes_after_an_order_has_expired_goes_back(store: Store) -> None:
    order_id = await _expiring(store, *[NotYet("under way")] * 3, Passed("came in an hour late"))
    await store.to_the_end()
    assert (await store.checks(order_id))[::2] == ("passed", "cancelled")
    assert len(await store.refunds(order_id)) == 1


async def test_a_customer_who_paid_after_a_first_try_had_failed_gets_it_back_when_the_order_expires(
    store: Store,
) -> None:
    store.oracle.answers = [Failed("declined"), Passed("paid at the second try")]
    order_id = await order_that_expires(store, payment="provider")
    await store.work()
    store.clock.advance(DAY)
    await store.to_the_end()
    assert (await store.checks(order_id))[::2] == ("passed", "cancelled")
    assert len(await store.refunds(order_id)) == 1


async def test_whoever_says_by_hand_what_is_paid_has_had_the_time_for_it(store: Store) -> None:
    order_id = await order_that_expires(store)
    store.clock.advance(DAY)
    await store.to_the_end()
    assert (await store.checks(order_id))[2] == "cancelled"
    assert await tasks(store.begin, store.shop, order_id) == []


async def _expiring(store: Store, *answers: Verdict) -> UUID:
    """An order whose payment is under way, at the moment of its expiry: asked about a short while ago."""
    store.oracle.answers = [NotYet("under way", DAY + timedelta(minutes=5)), *answers]
    order_id = await order_that_expires(store, payment="provider")
    await store.work()
    store.clock.advance(DAY)
    return order_id


async def test_the_provider_has_the_last_word_before_an_order_expires(store: Store) -> None:
    order_id = await _expiring(store, Passed("came in just now"))
    await store.work()
    assert (await store.checks(order_id))[2] == "received"
    await store.work()
    assert (await store.checks(order_id))[0] == "passed"
    store.clock.advance(timedelta(minutes=1))
    await store.work()
    assert ((await store.checks(order_id))[2], await store.waiting()) == ("received", [])


@pytest.mark.parametrize("last", [NotYet("under way"), Silent("nothing")])
async def test_a_provider_that_does_not_know_either_puts_an_expiry_off_by_no_more_than_a_minute(
    last: Verdict, store: Store
) -> None:
    order_id = await _expiring(store, last)
    await store.work()
    await store.work()
    assert (await store.checks(order_id))[2] == "received"
    store.clock.advance(timedelta(minutes=1))
    await store.work()
    assert (await store.checks(order_id))[2] == "cancelled"


@pytest.mark.parametrize(("hours", "status"), [(None, "received"), (72, "received"), (12, "cancelled")])
async def test_an_order_expires_by_the_policy_as_it_is_then(hours: int | None, status: str, store: Store) -> None:
    order_id = await order_that_expires(store)
    await store.decide(unpaid_expires_after_hours=hours)
    store.clock.advance(DAY)
    await store.work()
    assert (await store.checks(order_id))[2] == status
    kept = [wait for kind, wait in await store.waiting() if kind == "expire_unpaid"]
    assert kept == ([2 * DAY] if hours == 72 else [])


async def test_the_time_to_pay_begins_when_the_order_is_complete(store: Store) -> None:
    order_id = await order_that_expires(store)
    async with store.begin(store.shop.scope) as tx:
        await tx.raw.execute("UPDATE orders SET received_at = received_at - interval '20 hours'")
        now, subject = store.clock.now(), wire("ord", order_id)
        await append(tx, Entry(store.shop.id, order_id, "test", "order.made_complete", subject, "staff/7", now))
    store.clock.advance(DAY - timedelta(hours=1))
    await store.errand("expire_unpaid", order_id)
    await store.work()
    assert (await store.checks(order_id))[2] == "received"
