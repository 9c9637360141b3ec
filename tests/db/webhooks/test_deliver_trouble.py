"""What is not taken is posted again, the longer the rarer; and where nobody knows, under the same id."""

import asyncio
from datetime import timedelta

from tests.doubles.hooked import HookedDouble
from tests.doubles.turns import answers, hangs, hangs_up
from tests.fixtures.hooked import Hooks, at_work
from tests.fixtures.waiting import eventually
from tidings.kit.ids import wire
from tidings.kit.vault import Vault, new_vault_key
from tidings.webhooks.ports import Parcel
from tidings.webhooks.queries import events_behind
from tidings.webhooks.views import event_of


async def test_one_that_is_not_taken_holds_up_those_behind_it_until_it_is(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    first, second = await hooks.tell("order.placed", "order.closed")
    hooks.double.script(answers(500), hangs_up(takes=True), answers(302, headers={"location": "/elsewhere"}))
    worker = hooks.worker()
    for pause in (timedelta(seconds=6), timedelta(minutes=6), timedelta(minutes=36)):
        await worker.run_due()
        row = await hooks.row(endpoint)
        assert row["first_failed_at"] is not None
        assert await worker.run_due() == 0
        hooks.clock.advance(pause)
    assert (row["failures"], row["tried_status"], row["tried_reason"]) == (3, 302, None)
    await worker.run_due()
    assert hooks.double.posted == [first] * 4 + [second]
    row = await hooks.row(endpoint)
    assert (row["failures"], row["first_failed_at"], row["tried_status"]) == (0, None, 204)
    assert wire("evt", row["tried_event_id"]) == second
    counted = (await worker.metrics.page()).decode()
    for outcome, count in (("taken", 2), ("refused", 2), ("unanswered", 1)):
        assert f'tidings_events_posted_total{{outcome="{outcome}"}} {count}.0' in counted


async def test_why_no_answer_came_is_kept_and_nothing_of_the_address(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    hooks.double.script(hangs_up())
    await hooks.worker().run_due()
    row = await hooks.row(endpoint)
    assert row["tried_status"] is None
    assert row["tried_reason"]
    assert "127.0.0.1" not in row["tried_reason"]


async def test_it_is_left_alone_for_as_long_as_it_asks(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    hooks.double.script(answers(429, headers={"retry-after": "7200"}))
    await hooks.worker().run_due()
    assert (await hooks.row(endpoint))["due_at"] == hooks.clock.now() + timedelta(hours=2)


async def test_one_that_is_gone_is_disabled_at_once_with_a_record_and_a_task(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    (first,) = await hooks.tell()
    hooks.double.script(answers(410))
    worker = hooks.worker()
    await worker.run_due()
    hooks.clock.advance(timedelta(days=9))
    assert await worker.run_due() == 0
    row = await hooks.row(endpoint)
    assert (row["disabled_reason"], row["tried_status"]) == ("gone", 410)
    (task,) = await hooks.told_of("SELECT * FROM tasks")
    assert (task["kind"], task["status"]) == ("webhook_disabled", "open")
    records = await hooks.told_of("SELECT * FROM records ORDER BY id")
    assert [record["kind"] for record in records] == ["webhook_endpoint.added", "webhook_endpoint.disabled"]
    await hooks.change(endpoint)
    await worker.run_due()
    assert hooks.double.ids == [first]
    (task,) = await hooks.told_of("SELECT * FROM tasks")
    assert task["status"] == "dropped"
    assert (await hooks.row(endpoint))["disabled_at"] is None


async def test_one_that_fails_for_three_days_is_disabled(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    hooks.double.always(answers(503))
    worker, started = hooks.worker(), hooks.clock.now()
    while (await hooks.row(endpoint))["disabled_at"] is None:
        hooks.clock.set(max(hooks.clock.now(), (await hooks.row(endpoint))["due_at"]))
        assert await worker.run_due() == 1
    assert timedelta(days=3) <= hooks.clock.now() - started <= timedelta(days=3.5)
    assert 10 <= len(hooks.double.posted) <= 16
    assert (await hooks.row(endpoint))["disabled_reason"] == "failing"
    assert len(await hooks.told_of("SELECT * FROM tasks")) == 1


async def test_whoever_dies_between_the_answer_and_its_settling_has_it_posted_again_under_the_same_id(
    hooks: Hooks,
) -> None:
    await hooks.add()
    first, second = await hooks.tell("order.placed", "order.closed")
    (dead,) = await hooks.fetch()
    async with hooks.begin.reading(hooks.scope) as tx:
        told, _ = await events_behind(tx, dead.stored, 9)
    body = event_of(told).model_dump_json().encode()
    await hooks.courier.carry(Parcel(dead.url, first, body, [hooks.double.secret], hooks.clock.now()))
    alive = hooks.worker()
    assert await alive.run_due() == 0
    await hooks.turn("lease_until = now() - interval '1 second'")
    await alive.run_due()
    assert hooks.double.ids == [first, first, second]


async def test_a_try_that_is_under_way_at_the_end_is_ended_and_counts(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    told = await hooks.tell("order.placed", "order.closed")
    hooks.double.script(answers(204).once(stopped := asyncio.Event()))
    async with at_work(hooks.worker()):
        await eventually(lambda: hooks.double.posted)
        asyncio.get_running_loop().call_later(0.2, stopped.set)
    assert hooks.double.posted == told[:1]
    assert (await hooks.row(endpoint))["lease_token"] is None
    await hooks.worker().run_due()
    assert hooks.double.posted == told


async def test_one_that_takes_longer_than_the_grace_is_broken_off_and_left_to_others(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    hooks.double.script(hangs())
    worker = hooks.worker()
    worker.grace = timedelta(seconds=0.1)
    async with at_work(worker):
        await eventually(lambda: hooks.double.posted)
    assert (await hooks.row(endpoint))["lease_token"] is None
    await hooks.worker().run_due()
    assert len(hooks.double.ids) == 1


async def test_a_refusal_of_what_was_changed_meanwhile_does_not_count(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    (first,) = await hooks.tell()
    hooks.double.script(answers(410).once(changed := asyncio.Event()))
    async with HookedDouble() as other:
        async with asyncio.TaskGroup() as group:
            group.create_task(hooks.worker().run_due())
            await eventually(lambda: hooks.double.posted)
            await hooks.change(endpoint, url=other.url)
            changed.set()
        assert other.posted == [first]
    row = await hooks.row(endpoint)
    assert (row["disabled_at"], row["failures"]) == (None, 0)
    assert await hooks.told_of("SELECT * FROM tasks") == []


async def test_a_secret_that_cannot_be_opened_is_no_failure_of_the_shops(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    (told,) = await hooks.tell()
    sealed, hooks.vault = hooks.vault, Vault([new_vault_key()])
    await hooks.worker().run_due()
    row = await hooks.row(endpoint)
    assert (row["failures"], row["lease_token"], hooks.double.posted) == (0, None, [])
    hooks.vault = sealed
    hooks.clock.advance(timedelta(minutes=1))
    await hooks.worker().run_due()
    assert hooks.double.posted == [told]
