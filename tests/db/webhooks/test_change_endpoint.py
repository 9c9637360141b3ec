"""An endpoint is changed: whatever it is, it wakes it."""

from datetime import timedelta

from tests.doubles.turns import answers
from tests.fixtures.hooked import Hooks
from tidings.webhooks.change_endpoint import remove_endpoint


async def test_any_change_wakes_one_that_fails(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    (told,) = await hooks.tell()
    hooks.double.script(answers(500), times=3)
    worker = hooks.worker()
    for _ in range(3):
        await worker.run_due()
        hooks.clock.advance(timedelta(hours=1))
    await worker.run_due()
    assert hooks.double.ids == [told]
    hooks.double.script(answers(500))
    (told,) = await hooks.tell()
    await worker.run_due()
    await hooks.change(endpoint)
    row = await hooks.row(endpoint)
    assert (row["failures"], row["first_failed_at"], row["version"]) == (0, None, 2)
    await worker.run_due()
    assert hooks.double.ids[-1] == told


async def test_what_is_changed_is_on_record_by_its_names(hooks: Hooks) -> None:
    endpoint = await hooks.add(description="old")
    changes = {"url": f"{hooks.double.url}2", "description": None, "types": ["order.placed"], "is_paused": True}
    await hooks.change(endpoint, **changes, after="0")
    *_, record = await hooks.told_of("SELECT data FROM records ORDER BY id")
    assert record["data"]["changed"] == ["description", "types", "url", "is_paused", "after"]
    await hooks.change(endpoint, **changes, secret=None)
    *_, record = await hooks.told_of("SELECT data FROM records ORDER BY id")
    assert record["data"]["changed"] == []
    await hooks.change(endpoint, types=None)
    row = await hooks.row(endpoint)
    assert (row["types"], row["description"]) == ([], None)


async def test_one_that_is_removed_leaves_no_task_and_nothing_to_post(hooks: Hooks) -> None:
    endpoint = await hooks.add()
    await hooks.tell()
    hooks.double.script(answers(410))
    worker = hooks.worker()
    await worker.run_due()
    async with hooks.begin(hooks.scope) as tx:
        await remove_endpoint(tx, endpoint, actor="tests", now=hooks.clock.now())
    assert await hooks.told_of("SELECT * FROM webhook_endpoints") == []
    assert [task["status"] for task in await hooks.told_of("SELECT * FROM tasks")] == ["dropped"]
    assert await worker.run_due() == 0
