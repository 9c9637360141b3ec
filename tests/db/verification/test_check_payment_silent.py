import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.db.verification.store import Oracle, Store, connection
from tests.fixtures.facts import messages, tasks
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.outbox.fetch import ErrandInHand, Fetching
from tidings.verification.ask import Asking
from tidings.verification.decide import DecideCheck, decide_check
from tidings.verification.ports import ConnectionConfig, Failed, Passed, Question, Silent, Verdict
from tidings.worker.errands import Errands


@pytest.fixture
async def paid(store: Store) -> Store:
    """A shop that asks a provider."""
    await store.decide(payment="provider")
    return store


async def order(store: Store) -> UUID:
    return await store.order(payment={"method": "card", "provider": None, "reference": "pi_1"})


async def _silent(store: Store, *, turns: int) -> None:
    for _ in range(turns):
        await store.work()
        ((_, wait),) = await store.waiting()
        store.clock.advance(wait)


async def test_silence_is_asked_again_and_after_eight_times_staff_is_asked_and_not_the_customer(paid: Store) -> None:
    paid.oracle.answers = [Silent("no answer")]
    order_id = await order(paid)
    await _silent(paid, turns=7)
    assert (await paid.issues(order_id), await tasks(paid.begin, paid.shop, order_id)) == ([], [])
    await paid.work()
    assert await paid.issues(order_id) == [("other", "payment_unverified", "open")]
    found = await tasks(paid.begin, paid.shop, order_id)
    assert sorted(found) == [("handle_issue", "open"), ("verify_by_hand", "open")]
    told = [milestone for milestone, _ in await messages(paid.begin, paid.shop, order_id)]
    assert told == ["order_confirmation"]
    # The machine goes on at a slower pace, and says it once.
    assert await paid.waiting() == [("check_payment", timedelta(minutes=30))]
    await _silent(paid, turns=2)
    assert len(await paid.issues(order_id)) == 1


async def test_an_answer_that_comes_after_all_settles_it_without_a_word_to_the_customer(paid: Store) -> None:
    paid.oracle.answers = [Silent("no answer", misconfigured=True), Passed("there")]
    order_id = await order(paid)
    await paid.work()
    # Pointless to ask again: staff is asked at once.
    assert (await paid.issues(order_id))[0][2] == "open"
    paid.clock.advance(timedelta(minutes=30))
    await paid.work()
    assert await paid.checks(order_id) == ("passed", "pending", "received", False)
    assert await paid.issues(order_id) == [("other", "payment_unverified", "resolved")]
    assert {status for _, status in await tasks(paid.begin, paid.shop, order_id)} == {"dropped"}
    assert len(await messages(paid.begin, paid.shop, order_id)) == 1


async def test_a_verdict_that_comes_after_staff_decided_by_hand_changes_nothing(paid: Store) -> None:
    order_id = await order(paid)

    class Late(Oracle):
        async def verify(self, question: Question) -> Verdict:
            command = DecideCheck(order_id, "payment", "passed", "seen it on the account", "staff/7")
            async with paid.begin(paid.shop.scope) as tx:
                await decide_check(tx, command, now=paid.clock.now())
            return Failed("declined")

    paid.oracle = Late()
    await paid.work()
    assert (await paid.checks(order_id), await paid.issues(order_id)) == (("passed", "pending", "received", False), [])
    assert (await paid.kinds(order_id), await paid.waiting()) == (["order.placed", "payment.checked"], [])


async def test_without_a_connection_staff_is_asked_at_once_and_one_that_is_added_is_used(paid: Store) -> None:
    there, paid.connections = paid.connections, []
    order_id = await order(paid)
    await paid.work()
    assert ("verify_by_hand", "open") in await tasks(paid.begin, paid.shop, order_id)
    paid.connections = there
    paid.clock.advance(timedelta(minutes=30))
    await paid.work()
    assert (await paid.checks(order_id))[0] == "passed"


async def test_a_verifier_that_hangs_holds_up_nobody_elses(
    paid: Store, other_shop: Shop, begin: Begin, worker_begin: Begin
) -> None:
    theirs = Store(begin, worker_begin, other_shop, paid.clock)
    await theirs.decide(payment="provider")
    theirs.connections = [connection(other_shop)]
    mine = [await order(paid) for _ in range(12)]
    order_id = await order(theirs)
    asked: list[str] = []

    class Hanging(Oracle):
        async def verify(self, question: Question) -> Verdict:
            asked.append(question.order_id)
            await asyncio.Event().wait()
            return Passed("never")

    paid.oracle = Hanging()

    async def carry_out(errand: ErrandInHand) -> None:
        await (paid if errand.scope == paid.shop.scope else theirs).carry_out(errand)

    errands = Errands(worker_begin, paid.clock, {"check_payment": carry_out})
    async with asyncio.TaskGroup() as group:
        working = group.create_task(errands.run(asyncio.Event()))
        share = Fetching().most_of_one_shop
        async with asyncio.timeout(15):
            while (await theirs.checks(order_id))[0] != "passed" or len(asked) < share:
                await asyncio.sleep(0.01)
        working.cancel()
    # All of them are due before the other shop's, and only a share of them is in hand.
    assert len(asked) == share < len(mine)


async def test_test_mode_reaches_only_the_sandbox(paid: Store) -> None:
    paid.connections = [connection(paid.shop, provider="stripe")]
    await order(paid)
    await paid.work()
    assert paid.oracle.questions == []


async def test_who_the_order_names_as_its_payment_provider_is_asked(paid: Store) -> None:
    opened: list[str] = []

    async def read(_: object) -> list[ConnectionConfig]:
        kinds = ("http", "stripe", "sandbox")
        return [connection(paid.shop, provider=name, mode="live", id=UUID(int=n)) for n, name in enumerate(kinds)] + [
            connection(paid.shop, "stock", mode="live")
        ]

    def open_(config: ConnectionConfig) -> Oracle:
        opened.append(config.provider)
        return paid.oracle

    asking = Asking(read, open_)
    question = Question("payment", "k", "ord_1", "1", 1, "EUR", "card", "stripe", "pi_1", ())
    await asking.ask(paid.shop.live_scope, question, turn=0)
    nobody = Question("payment", "k", "ord_1", "1", 1, "EUR", "card", "adyen", "x", ())
    for turn in range(4):
        await asking.ask(paid.shop.live_scope, nobody, turn=turn)
    assert opened == ["stripe", "http", "stripe", "sandbox", "http"]
