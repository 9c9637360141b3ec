"""How one worker carries out errands, whatever becomes of each."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.fixtures.errands import errand, left
from tests.fixtures.facts import told
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.outbox.fetch import MOST_LOST_LEASES, MOST_TRIES, ErrandInHand, Fetching, finish_errand
from tidings.outbox.kinds import ERRAND_KINDS
from tidings.outbox.leave import leave_errands
from tidings.tasks.open import Opening, open_tasks
from tidings.worker.errands import Errands, pause_after

Act = Callable[[ErrandInHand], Awaitable[None]]


class Hands:
    """One worker whose every errand does the same thing."""

    def __init__(self, begin: Begin, shop: Shop, clock: FixedClock) -> None:
        self.begin, self.shop, self.clock = begin, shop, clock
        self.seen: list[ErrandInHand] = []
        self.act: Act = self.finish
        self.errands = Errands(begin, clock, dict.fromkeys(ERRAND_KINDS, self.handle))

    async def handle(self, one: ErrandInHand) -> None:
        self.seen.append(one)
        await self.act(one)

    async def finish(self, one: ErrandInHand) -> None:
        async with self.begin(one.scope) as tx:
            await finish_errand(tx, one)

    async def fail(self, one: ErrandInHand) -> None:
        message = "nobody answers"
        raise LookupError(message)

    async def leave(self, count: int = 1, shop: Shop | None = None) -> None:
        async with self.begin.across() as tx:
            await leave_errands(tx, *(errand(shop or self.shop, self.clock, subject=f"ord_{n}") for n in range(count)))

    async def turn(self, sql: str) -> None:
        async with self.begin.across() as tx:
            await tx.raw.execute(f"UPDATE errands SET {sql}")


@pytest.fixture
def hands(worker_begin: Begin, shop: Shop, clock: FixedClock) -> Hands:
    return Hands(worker_begin, shop, clock)


async def test_what_is_due_is_done_and_nothing_is_left_of_it(hands: Hands) -> None:
    await hands.leave(3)
    assert await hands.errands.run_due() == 3
    assert [one.subject for one in hands.seen] == ["ord_0", "ord_1", "ord_2"]
    assert await left(hands.begin) == []


async def test_what_fails_is_put_off_longer_each_time_and_holds_up_nobody(hands: Hands) -> None:
    await hands.leave(2)

    async def the_first_fails(one: ErrandInHand) -> None:
        await (hands.fail if one.subject == "ord_0" else hands.finish)(one)

    hands.act = the_first_fails
    assert await hands.errands.run_due() == 2
    for tries in (1, 2, 3):
        (row,) = await left(hands.begin)
        assert (row["tries"], row["due_at"]) == (tries, hands.clock.now() + timedelta(seconds=2 ** (tries - 1)))
        hands.clock.set(row["due_at"])
        assert await hands.errands.run_due() == 1


async def test_what_fails_again_and_again_is_parked_with_a_task(hands: Hands) -> None:
    await hands.leave()
    await hands.turn(f"tries = {MOST_TRIES - 1}")
    hands.act = hands.fail
    await hands.errands.run_due()
    (row,) = await left(hands.begin)
    assert row["parked_at"] == hands.clock.now()
    (task,) = await told(hands.begin, "SELECT kind, dedupe_key, mode, order_id FROM tasks")
    assert (task["kind"], task["dedupe_key"]) == ("errand_parked", "errand_parked:check_payment:ord_0")
    assert (task["mode"], wire("ord", task["order_id"])) == ("test", wire("ord", row["order_id"]))
    assert await hands.errands.run_due() == 0


async def test_what_its_workers_die_of_is_parked_untried(hands: Hands) -> None:
    await hands.leave()
    await hands.turn(f"lease_until = now() - interval '1 second', lost_leases = {MOST_LOST_LEASES - 1}")
    await hands.errands.run_due()
    (row,) = await left(hands.begin)
    assert (hands.seen, row["parked_at"]) == ([], hands.clock.now())


def opening_of(hands: Hands, one: ErrandInHand) -> Opening:
    return Opening(hands.shop.id, "test", one.order_id, "verify_by_hand", "must not stay", hands.clock.now())


async def test_a_turn_that_lost_its_lease_leaves_nothing_behind(hands: Hands) -> None:
    await hands.leave()

    async def too_slow(one: ErrandInHand) -> None:
        async with hands.begin(one.scope) as tx:
            await open_tasks(tx, opening_of(hands, one))
            await hands.turn("lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute'")
            await finish_errand(tx, one)

    hands.act = too_slow
    await hands.errands.run_due()
    (row,) = await left(hands.begin)
    assert (row["tries"], row["parked_at"]) == (1, None), "it is somebody else's now"
    assert await told(hands.begin, "SELECT id FROM tasks") == []


async def test_a_running_worker_hears_the_bell_and_goes_on_until_it_is_stopped(hands: Hands) -> None:
    wake = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(hands.errands.run(wake))
        await hands.leave(3)
        wake.set()
        await eventually(lambda: len(hands.seen) == 3)
        await hands.leave(2)
        wake.set()
        # Not when the last one is begun: it would be given back.
        async with asyncio.timeout(15):
            while await left(hands.begin):
                await asyncio.sleep(0.02)
        running.cancel()
    assert len(hands.seen) == 5


async def test_what_a_stopped_worker_has_in_hand_is_given_back_as_if_it_had_never_been_taken(hands: Hands) -> None:
    await hands.leave()
    began = asyncio.Event()

    async def hang(_: ErrandInHand) -> None:
        began.set()
        await asyncio.sleep(60)

    hands.act = hang
    running = asyncio.get_running_loop().create_task(hands.errands.run(asyncio.Event()))
    await began.wait()
    running.cancel()
    await asyncio.wait([running])
    (row,) = await left(hands.begin)
    assert (row["lease_until"], row["lease_token"], row["tries"], row["lost_leases"]) == (None, None, 0, 0)
    hands.act = hands.finish
    assert await hands.errands.run_due() == 1
    assert await left(hands.begin) == []


async def test_a_shop_whose_errands_hang_keeps_nobody_elses_waiting(hands: Hands, other_shop: Shop) -> None:
    hands.errands.how = Fetching(most=6, most_of_one_shop=2)
    answered = asyncio.Event()

    async def hang(one: ErrandInHand) -> None:
        if one.scope.storefront_id == hands.shop.id:
            await answered.wait()
        await hands.finish(one)

    hands.act = hang
    await hands.leave(5)
    await hands.leave(5, other_shop)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(hands.errands.run(asyncio.Event()))
        await eventually(lambda: len(hands.seen) == 7)
        assert sum(one.scope.storefront_id == hands.shop.id for one in hands.seen) == 2
        answered.set()
        await eventually(lambda: len(hands.seen) == 10)
        running.cancel()


def test_pauses_grow_to_ten_minutes() -> None:
    assert [pause_after(tries).total_seconds() for tries in (1, 2, 5, 10, 11, 20)] == [1, 2, 16, 512, 600, 600]
