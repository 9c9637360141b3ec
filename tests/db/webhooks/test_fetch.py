"""Endpoints are taken in hand: those that are due and have news, each by one worker at a time."""

import asyncio
from datetime import timedelta

from tests.fixtures.hooked import Hooks
from tests.fixtures.shop import Shop
from tidings.kit.ids import new_id
from tidings.webhooks.fetch import Fetching, fetch_endpoints
from tidings.webhooks.queries import Position
from tidings.webhooks.settle import Try, disable, release, settle_passed_over, settle_refused, settle_taken


async def test_one_without_news_is_left_where_it_is(hooks: Hooks) -> None:
    await hooks.tell()
    await hooks.add()
    assert await hooks.fetch() == []
    await hooks.tell()
    (hand,) = await hooks.fetch()
    assert hooks.double.secret not in repr(hand)
    assert hooks.double.url not in repr(hand)


async def test_of_two_at_once_one_has_it(hooks: Hooks) -> None:
    for _ in range(8):
        await hooks.add()
    await hooks.tell()
    how = Fetching(most_of_one_shop=8)
    hands = await asyncio.gather(*(fetch_endpoints(hooks.worker_begin, hooks.clock.now(), how) for _ in range(6)))
    ids = [hand.id for some in hands for hand in some]
    assert len(ids) == len(set(ids)) == 8


async def test_of_one_shop_only_so_many_at_once(hooks: Hooks, other_shop: Shop) -> None:
    for _ in range(4):
        await hooks.add()
    await hooks.add(other_shop.scope)
    await hooks.tell()
    await hooks.tell(scope=other_shop.scope)
    how = Fetching(most_of_one_shop=3)
    hands = await fetch_endpoints(hooks.worker_begin, hooks.clock.now(), how, in_hand={hooks.scope.storefront_id: 2})
    assert sorted(hand.scope.storefront_id for hand in hands) == sorted([hooks.scope.storefront_id, other_shop.id])
    assert [
        hand.id
        for hand in await fetch_endpoints(hooks.worker_begin, hooks.clock.now(), how, in_hand={other_shop.id: 9})
    ]


async def test_paused_disabled_and_later_ones_are_left_alone(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.tell()
    for column in ("paused_at = now()", "disabled_at = now()", "due_at = now() + interval '1 hour'"):
        await hooks.turn(column)
        assert await hooks.fetch() == []
        await hooks.turn("paused_at = NULL, disabled_at = NULL, due_at = now() - interval '1 hour'")
    assert len(await hooks.fetch()) == 1


async def test_a_lease_that_was_lost_settles_nothing(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    (dead,) = await hooks.fetch()
    await hooks.turn("lease_until = now() - interval '1 second'")
    (alive,) = await hooks.fetch()
    before = await hooks.row(endpoint)
    tried, due = Try(new_id(), hooks.clock.now(), 500), hooks.clock.now() + timedelta(hours=1)
    assert not await settle_taken(hooks.worker_begin, dead, Position(2**40, 9), tried, timedelta(seconds=60))
    await settle_passed_over(hooks.worker_begin, dead)
    await settle_refused(hooks.worker_begin, dead, tried, due)
    assert not await disable(hooks.worker_begin, dead, tried, "gone")
    await release(hooks.worker_begin, dead, due)
    assert await hooks.row(endpoint) == before
    assert before["lease_token"] == alive.token
    assert await hooks.told_of("SELECT * FROM tasks") == []
