"""Events are posted to shops' own systems: in order, once, and again where it is not known whether they were taken."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from tests.doubles.hooked import HookedDouble
from tests.doubles.turns import answers, hangs
from tests.fixtures.hooked import Hooks, at_work
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.kit.db import Begin
from tidings.kit.page import Window
from tidings.kit.rows import insert
from tidings.webhooks.fetch import Fetching
from tidings.webhooks.queries import events_after
from tidings.webhooks.views import event_of


async def test_every_event_is_posted_once_in_order_as_the_log_tells_it(hooks: Hooks) -> None:
    await hooks.add()
    told = await hooks.tell("order.placed", "note.written", "review.opened", *["shipment.moved"] * 60)
    worker = hooks.worker()
    await worker.run_due()
    assert hooks.double.posted == told
    async with hooks.begin.reading(hooks.scope) as tx:
        log = [event_of(each) for each in (await events_after(tx, None, Window(limit=200))).items]
    assert hooks.double.events == [each.model_dump(mode="json") for each in log]
    assert await worker.run_due() == 0
    more = await hooks.tell()
    await worker.run_due()
    assert hooks.double.posted == told + more


async def test_what_the_endpoint_does_not_want_moves_its_place_and_is_not_posted(hooks: Hooks) -> None:
    await hooks.add(types=["order.placed"])
    await hooks.tell("note.written")
    (wanted,) = await hooks.tell("order.placed")
    await hooks.tell("note.written")
    worker = hooks.worker()
    await worker.run_due()
    assert hooks.double.posted == [wanted]
    assert await worker.run_due() == 0


async def test_one_that_is_slow_lets_others_have_their_turn(hooks: Hooks) -> None:
    async with HookedDouble() as other:
        for url in (hooks.double.url, other.url):
            await hooks.add(url=url)
        told = await hooks.tell("order.placed", "order.closed", "note.written")
        worker = hooks.worker()
        worker.how = Fetching(most=1, turn=timedelta())
        assert await worker.run_due() == 6
        assert hooks.double.posted == other.posted == told


async def test_each_shop_and_mode_is_told_of_its_own(hooks: Hooks, shop: Shop, other_shop: Shop) -> None:
    await hooks.add()
    async with HookedDouble() as live, HookedDouble() as other:
        await hooks.add(shop.live_scope, url=live.url)
        await hooks.add(other_shop.scope, url=other.url)
        told = {scope: await hooks.tell(scope=scope) for scope in (shop.scope, shop.live_scope, other_shop.scope)}
        await hooks.worker().run_due()
        assert [each.posted for each in (hooks.double, live, other)] == list(told.values())


async def test_an_event_that_commits_late_is_not_skipped(hooks: Hooks) -> None:
    await hooks.add()
    worker = hooks.worker()
    async with AsyncExitStack() as held:
        late = await held.enter_async_context(hooks.begin(hooks.scope))
        await insert(late, hooks.telling("order.closed"))
        early = await hooks.tell("order.placed")
        await worker.run_due()
        assert hooks.double.posted == []
    await worker.run_due()
    assert [event["type"] for event in hooks.double.events] == ["order.closed", "order.placed"]
    assert hooks.double.ids[1:] == early


async def test_a_paused_one_is_left_alone_and_goes_on_where_it_was(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    worker = hooks.worker()
    await hooks.change(endpoint, is_paused=True)
    told = await hooks.tell("order.placed", "order.closed")
    assert await worker.run_due() == 0
    await hooks.change(endpoint, is_paused=False)
    await worker.run_due()
    assert hooks.double.posted == told


async def test_many_workers_at_once_post_each_event_once_and_in_order(hooks: Hooks) -> None:
    async with AsyncExitStack() as doubles:
        ours = [await doubles.enter_async_context(HookedDouble()) for _ in range(4)]
        for double in ours:
            await hooks.add(url=double.url)
        async with at_work(*(hooks.worker() for _ in range(3))):
            told = [event for _ in range(40) for event in await hooks.tell()]
            await eventually(lambda: all(len(double.events) == len(told) for double in ours))
        assert [double.ids for double in ours] == [told] * 4


async def test_one_that_hangs_holds_up_nobody_else(hooks: Hooks, other_shop: Shop) -> None:
    await hooks.add()
    async with HookedDouble() as other:
        await hooks.add(other_shop.scope, url=other.url)
        hooks.double.always(hangs())
        await hooks.tell()
        worker = hooks.worker()
        worker.grace = timedelta()
        async with at_work(worker):
            await eventually(lambda: hooks.double.posted)
            told = await hooks.tell("order.placed", "order.closed", scope=other_shop.scope)
            await eventually(lambda: other.ids == told)


async def test_a_change_while_one_is_posted_counts_from_the_next_on(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    first, second = await hooks.tell("order.placed", "order.closed")
    hooks.double.script(answers(204).once(changed := asyncio.Event()))
    async with HookedDouble() as other:
        async with asyncio.TaskGroup() as group:
            group.create_task(hooks.worker().run_due())
            await eventually(lambda: hooks.double.posted)
            await hooks.change(endpoint, url=other.url)
            changed.set()
        # What was taken was taken, and the new address has the rest.
        assert (hooks.double.posted, other.posted) == ([first], [second])


async def test_events_that_are_posted_again_are_those_behind_the_one_that_is_named(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    told = await hooks.tell("order.placed", "note.written", "order.closed")
    worker = hooks.worker()
    await worker.run_due()
    await hooks.change(endpoint, after=told[0])
    await worker.run_due()
    assert hooks.double.posted == told + told[1:]
    await hooks.change(endpoint, after="0")
    await worker.run_due()
    assert hooks.double.posted == told + told[1:] + told


async def test_what_was_pruned_at_the_cursor_and_behind_it_skips_nothing(hooks: Hooks, keeper: Begin) -> None:
    await hooks.add()
    await hooks.tell("order.placed")
    worker = hooks.worker()
    await worker.run_due()
    await hooks.tell("order.closed")
    async with keeper.across() as tx:
        await tx.raw.execute("DELETE FROM events")
    (kept,) = await hooks.tell("note.written")
    await worker.run_due()
    assert [event["type"] for event in hooks.double.events] == ["order.placed", "note.written"]
    assert hooks.double.ids[-1] == kept
