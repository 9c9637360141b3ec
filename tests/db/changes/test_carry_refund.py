"""A refund is carried to the provider: once, whoever dies where, and whatever the provider says or does not say."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.fixtures.facts import facts, messages, tasks, told
from tests.fixtures.refunds import (
    Bank,
    Killed,
    Life,
    Mortal,
    connected,
    in_hand,
    lease_ended,
    paid_order,
    refund_as_kept,
    refund_asked_for,
    wire_refund,
)
from tests.fixtures.shop import Shop
from tidings.changes.carry_refund import carry_refund
from tidings.changes.ports import RefundAsked, RefundOutcome, RefundRefused, RefundSilent, RefundSucceeded, RefundTaken
from tidings.changes.refunders import Refunders
from tidings.kit.db import Begin
from tidings.outbox.fetch import MOST_TRIES, ErrandInHand, LeaseLost
from tidings.worker.errands import Errands

# Beats of one whole turn: three for each of two transactions, and the bank before and after it pays.
TURN = 8


async def carried(worker_begin: Begin, clock: FixedClock, refunders: Refunders) -> int:
    """Carry out what is due; says how many there were."""
    errands = await in_hand(worker_begin, clock, "carry_refund")
    for errand in errands:
        await carry_refund(errand, begin=worker_begin, clock=clock, refunders=refunders)
    return len(errands)


@pytest.fixture
async def order_id(begin: Begin, shop: Shop, clock: FixedClock) -> UUID:
    await connected(begin, shop)
    return await paid_order(begin, shop, clock)


@pytest.fixture
async def refund_id(begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID) -> UUID:
    return await refund_asked_for(begin, shop, clock, order_id)


async def settled(begin: Begin, shop: Shop, order_id: UUID) -> list[str]:
    found = [
        fact["snapshot"]["refund"]["status"] for fact in await facts(begin, shop, order_id) if "refund" in fact["kind"]
    ]
    return found[1:]


async def test_the_provider_pays_and_the_customer_is_told(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    bank = Bank()
    assert await carried(worker_begin, clock, bank.refunders(shop)) == 1
    assert bank.asked == [
        RefundAsked(wire_refund(refund_id), (await number_of(begin, order_id)), "pi_123", 1000, "EUR")
    ]
    kept = await refund_as_kept(begin, refund_id)
    assert (kept["status"], kept["settled_by"], kept["settled_at"]) == ("succeeded", "provider", clock.now())
    assert kept["provider_refund_id"] == f"re_{wire_refund(refund_id)[-6:]}"
    assert ("refund_update", wire_refund(refund_id)) in await messages(begin, shop, order_id)
    assert (await carried(worker_begin, clock, bank.refunders(shop)), bank.closed) == (0, 1)


async def number_of(begin: Begin, order_id: UUID) -> str:
    (row,) = await told(begin, "SELECT number FROM orders WHERE id = $1", order_id)
    return str(row["number"])


@pytest.mark.parametrize("beats", range(TURN))
async def test_a_worker_killed_anywhere_pays_once_and_tells_once(
    worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID, beats: int
) -> None:
    life = Life(beats)
    bank = Bank(life=life)
    (errand,) = await in_hand(worker_begin, clock, "carry_refund")
    with pytest.raises(Killed):
        await carry_refund(
            errand,
            begin=Mortal(worker_begin, life),
            clock=clock,
            refunders=bank.refunders(shop),  # type: ignore[arg-type]
        )
    life.beats = None
    await lease_ended(worker_begin)
    await carried(worker_begin, clock, bank.refunders(shop))
    assert bank.paid == {wire_refund(refund_id): 1000}
    assert [asked.is_repeat for asked in bank.asked][1:] == [True] * (len(bank.asked) - 1)
    assert (await refund_as_kept(worker_begin, refund_id))["status"] == "succeeded"
    assert await settled(worker_begin, shop, order_id) == ["succeeded"]
    assert await told(worker_begin, "SELECT 1 FROM errands WHERE kind = 'carry_refund'") == []


async def test_who_was_too_slow_writes_nothing(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    bank = Bank()
    (slow,) = await in_hand(begin, clock, "carry_refund")
    await lease_ended(begin)
    (quick,) = await in_hand(begin, clock, "carry_refund")
    with pytest.raises(LeaseLost):
        await carry_refund(slow, begin=worker_begin, clock=clock, refunders=bank.refunders(shop))
    assert (await refund_as_kept(begin, refund_id))["status"] == "requested"
    await carry_refund(quick, begin=worker_begin, clock=clock, refunders=bank.refunders(shop))
    assert await settled(begin, shop, order_id) == ["succeeded"]


async def test_what_takes_days_is_asked_for_again(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    answers: list[RefundOutcome] = [
        RefundTaken("re_1", timedelta(hours=1)),
        RefundTaken("re_1"),
        RefundSucceeded("re_1"),
    ]
    bank = Bank(lambda _: answers.pop(0))
    await carried(worker_begin, clock, bank.refunders(shop))
    assert (await refund_as_kept(begin, refund_id))["status"] == "pending"
    assert await carried(worker_begin, clock, bank.refunders(shop)) == 0, "not before its time"
    clock.advance(timedelta(hours=1))
    await carried(worker_begin, clock, bank.refunders(shop))
    clock.advance(timedelta(hours=1))
    await carried(worker_begin, clock, bank.refunders(shop))
    assert (await refund_as_kept(begin, refund_id))["status"] == "succeeded"
    assert [(asked.provider_refund_id, asked.is_repeat) for asked in bank.asked] == [
        (None, False), ("re_1", True), ("re_1", True),
    ]  # fmt: skip


async def test_a_refusal_is_a_persons_task(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    await carried(worker_begin, clock, Bank(lambda _: RefundRefused("charge disputed")).refunders(shop))
    kept = await refund_as_kept(begin, refund_id)
    assert (kept["status"], kept["failure"], kept["method"]) == ("failed", "charge disputed", "provider")
    assert await tasks(begin, shop, order_id) == [("refund_by_hand", "open")]


async def test_silence_is_asked_again_and_in_the_end_looked_at(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    bank = Bank(lambda _: RefundSilent("deaf", timedelta(seconds=30)))
    for _ in range(MOST_TRIES):
        assert await carried(worker_begin, clock, bank.refunders(shop)) == 1
        clock.advance(timedelta(minutes=11))
    assert await carried(worker_begin, clock, bank.refunders(shop)) == 0
    assert (await refund_as_kept(begin, refund_id))["status"] == "requested", "it may have been paid"
    assert await tasks(begin, shop, order_id) == [("errand_parked", "open")]
    assert await settled(begin, shop, order_id) == []


async def test_without_a_connection_a_person_pays(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    bank = Bank()
    for gone in ({"channel": "stock"}, {"mode": "live"}, {"provider": "paypal"}):
        await in_hand(begin, clock, "none")
        await told(begin, "UPDATE errands SET lease_until = NULL, tries = 0 RETURNING 1")
        await carried(worker_begin, clock, bank.refunders(shop, **gone))
    assert bank.asked == []
    assert (await refund_as_kept(begin, refund_id))["method"] == "manual"
    assert await tasks(begin, shop, order_id) == [("refund_by_hand", "open")]


async def test_a_connection_that_went_after_it_may_have_been_asked_is_waited_for(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    bank = Bank(lambda _: RefundSilent("deaf"))
    await carried(worker_begin, clock, bank.refunders(shop))
    clock.advance(timedelta(minutes=1))
    await carried(worker_begin, clock, bank.refunders(shop, provider="paypal"))
    assert (await refund_as_kept(begin, refund_id))["method"] == "provider"
    assert await tasks(begin, shop, order_id) == []


async def test_a_worker_that_is_stopped_while_it_asks_leaves_word_that_it_did(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    bank, was_asked = Bank(), asyncio.Event()

    class Slow(Bank):
        async def refund(self, asked: RefundAsked) -> RefundOutcome:
            was_asked.set()
            await asyncio.Event().wait()
            return await bank.refund(asked)

    async def carry(errand: ErrandInHand) -> None:
        await carry_refund(errand, begin=worker_begin, clock=clock, refunders=Slow().refunders(shop))

    async with asyncio.TaskGroup() as group, asyncio.timeout(10):
        errands = Errands(worker_begin, clock, {"carry_refund": carry})
        working = group.create_task(errands.run(asyncio.Event()))
        await was_asked.wait()
        working.cancel()
    # Meanwhile the connection goes: nobody pays by hand what may have been paid.
    await carried(worker_begin, clock, bank.refunders(shop, provider="paypal"))
    assert (await refund_as_kept(begin, refund_id))["method"] == "provider"
    clock.advance(timedelta(minutes=1))
    await carried(worker_begin, clock, bank.refunders(shop))
    assert [asked.is_repeat for asked in bank.asked] == [True]


async def test_what_is_settled_is_not_asked_for(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, refund_id: UUID
) -> None:
    await told(begin, "UPDATE refunds SET status = 'succeeded' RETURNING 1")
    bank = Bank()
    assert (await carried(worker_begin, clock, bank.refunders(shop)), bank.asked) == (1, [])
