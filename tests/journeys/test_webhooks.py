"""What happens to an order arrives at the shop's own system: signed, in order, and once, whoever dies meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.doubles.hooked import HookedDouble
from tests.doubles.turns import answers, hangs
from tests.fixtures.deployment import Deployment, deployed
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.kit.db import Begin

pytestmark = [pytest.mark.journeys, pytest.mark.timeout(120)]

PATH = "/v1/webhook-endpoints"
# The first event waits for a worker that is only being started.
MOST_SECONDS = 60


@pytest.fixture
async def deployment(
    begin: Begin, shop: Shop, worker_database_url: str, valkey_url: str, tmp_path: Path
) -> AsyncIterator[Deployment]:
    async with deployed(begin, shop, worker_database_url, valkey_url, tmp_path) as made:
        yield made


async def log_of(deployment: Deployment) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await deployment.get("/v1/events?limit=200"))["items"]
    return items


async def its_last_try(deployment: Deployment, endpoint_id: str, event_id: str) -> dict[str, Any]:
    """What is told of the last post, once it is told: a receiver knows of it before the worker has written it down."""
    async with asyncio.timeout(MOST_SECONDS):
        while True:
            found: dict[str, Any] = (await deployment.get(f"{PATH}/{endpoint_id}"))["last_try"]
            if found["event_id"] == event_id:
                return found
            await asyncio.sleep(0.1)


async def disabled_task(deployment: Deployment) -> dict[str, Any]:
    """The task for staff, once it is there."""
    async with asyncio.timeout(MOST_SECONDS):
        while True:
            for task in (await deployment.get("/v1/tasks?kind=webhook_disabled&status=open"))["items"]:
                found: dict[str, Any] = task
                return found
            await asyncio.sleep(0.1)


async def test_an_orders_life_arrives_signed_in_order_and_once(deployment: Deployment, double: HookedDouble) -> None:
    made = await deployment.post(PATH, {"url": double.url})
    double.secret = made["secret"]
    tried = await deployment.post(f"{PATH}/{made['id']}/test", {})
    assert tried["is_delivered"]
    order = await deployment.place()
    await eventually(lambda: len(double.events) > 1, seconds=MOST_SECONDS)
    assert (double.events[1]["type"], double.events[1]["data"]["order_id"]) == ("order.placed", order["id"])
    deployment.work()
    await deployment.ship(order["id"])
    await eventually(lambda: double.events[-1]["type"] == "shipment.dispatched", seconds=MOST_SECONDS)
    # All of it once, and to the letter what whoever asks for the log is told.
    assert double.events[1:] == await log_of(deployment)
    # By the official package, which looks at the clock, too.
    for request in double.requests:
        Webhook(made["secret"]).verify(request.body, dict(request.headers))
    assert (await its_last_try(deployment, made["id"], double.ids[-1]))["status"] == 204


async def test_a_worker_that_dies_while_it_posts_is_followed_by_one_that_posts_the_same_again(
    deployment: Deployment, double: HookedDouble, begin: Begin
) -> None:
    await deployment.post(PATH, {"url": double.url, "secret": double.secret})
    # The first is taken, and nobody hears of it.
    double.script(hangs(takes=True))
    await deployment.place()
    await eventually(lambda: double.events, seconds=MOST_SECONDS)
    deployment.processes.pop().kill()
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE webhook_endpoints SET lease_until = now() - interval '1 second'")
    deployment.work()
    log = await log_of(deployment)
    await eventually(lambda: len(double.events) > len(log), seconds=MOST_SECONDS)
    ids = [event["id"] for event in log]
    # Whatever happened since then comes after these.
    assert double.ids[: len(ids) + 1] == [ids[0], *ids]


async def test_one_that_is_gone_is_told_to_staff_until_it_is_woken(
    deployment: Deployment, double: HookedDouble
) -> None:
    made = await deployment.post(PATH, {"url": double.url, "secret": double.secret})
    double.script(answers(410))
    await deployment.place()
    await eventually(lambda: double.posted, seconds=MOST_SECONDS)

    task = await disabled_task(deployment)
    assert (task["data"]["endpoint"], task["data"]["why"]) == (made["id"], "gone")
    answer = await deployment.http.patch(f"{PATH}/{made['id']}", json={})
    assert answer.status_code == 200, answer.text
    await eventually(lambda: double.events, seconds=MOST_SECONDS)
    assert (await deployment.get(f"/v1/tasks/{task['id']}"))["status"] == "dropped"


async def test_a_copy_of_production_posts_nothing(
    begin: Begin, shop: Shop, worker_database_url: str, valkey_url: str, tmp_path: Path, double: HookedDouble
) -> None:
    guard = {"TIDINGS_GUARD_ALLOW": "@nobody.example"}
    async with deployed(begin, shop, worker_database_url, valkey_url, tmp_path, **guard) as copy:
        made = await copy.post(PATH, {"url": double.url, "secret": double.secret})
        order = await copy.place()
        # Later than the events would have been.
        await copy.message(order["id"], "order_confirmation", "cancelled", "failed", "suppressed")
        assert (await copy.get(f"{PATH}/{made['id']}"))["last_try"] is None
        assert "webhooks.off" in copy.log.read_text()
    assert not double.posted
