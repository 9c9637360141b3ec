from datetime import timedelta

import pytest

from tests.db.verification.store import Store
from tests.fixtures.facts import tasks, told
from tidings.outbox.fetch import ErrandInHand, LeaseLost
from tidings.verification.ports import Failed, NotYet, Passed, Silent, Verdict
from tidings.verification.question import question_about
from tidings.verification.settle import settle_verdict


async def settle(store: Store, errand: ErrandInHand, verdict: Verdict | None) -> None:
    question = question_about(await store.look(errand.order_id), "payment", errand)
    async with store.begin(store.shop.scope) as tx:
        await settle_verdict(tx, errand, question, verdict, store.clock.now())


@pytest.fixture
async def errand(store: Store) -> ErrandInHand:
    """A payment that is to be checked."""
    await store.decide(payment="provider")
    await store.order()
    (fetched,) = await store.fetch()
    return fetched


@pytest.mark.parametrize("verdict", [Passed(), Failed("no"), NotYet("later"), Silent("nothing"), None])
async def test_of_a_turn_that_has_lost_its_errand_nothing_is_left(
    verdict: Verdict | None, store: Store, errand: ErrandInHand
) -> None:
    await told(store.begin, "UPDATE errands SET lease_token = NULL RETURNING id")
    with pytest.raises(LeaseLost):
        await settle(store, errand, verdict)
    assert await store.kinds(errand.order_id) == ["order.placed"]


async def test_while_nobody_answers_nobody_is_asked_and_after_half_an_hour_staff_is(
    store: Store, errand: ErrandInHand
) -> None:
    await settle(store, errand, None)
    while not await tasks(store.begin, store.shop, errand.order_id):
        ((_, wait),) = await store.waiting()
        store.clock.advance(wait)
        (errand,) = await store.fetch()
        await settle(store, errand, None)
    assert timedelta(minutes=30) <= store.clock.now() - (await store.look(errand.order_id)).row.received_at
    assert (await store.issues(errand.order_id))[0][1] == "payment_unverified"


@pytest.mark.parametrize("last", [NotYet("under way"), Silent("nothing"), None])
async def test_what_is_still_not_said_after_a_month_is_for_people(
    last: Verdict | None, store: Store, errand: ErrandInHand
) -> None:
    await settle(store, errand, NotYet("under way"))
    store.clock.advance(timedelta(days=30))
    (errand,) = await store.fetch()
    await settle(store, errand, last)
    assert ("verify_by_hand", "open") in await tasks(store.begin, store.shop, errand.order_id)
    assert await store.waiting() == []


async def test_an_order_that_is_a_month_old_is_asked_about_as_patiently_as_any(
    store: Store, errand: ErrandInHand
) -> None:
    store.clock.advance(timedelta(days=40))
    await settle(store, errand, Silent("nothing"))
    assert await store.waiting() == [("check_payment", timedelta(seconds=5))]
    assert await tasks(store.begin, store.shop, errand.order_id) == []


async def test_turns_that_went_well_do_not_count_against_the_errand(store: Store, errand: ErrandInHand) -> None:
    for _ in range(3):
        await settle(store, errand, NotYet("under way"))
        ((_, wait),) = await store.waiting()
        store.clock.advance(wait)
        (errand,) = await store.fetch()
    assert errand.tries == 1
