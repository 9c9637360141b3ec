"""No callback holds up an event loop for long, whatever else is asked at the same time."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.doubles.sendgrid import SendGridDouble
from tests.fixtures.doubled import connect
from tests.fixtures.load import Load
from tests.fixtures.orders import checked, order_body, rules_of
from tests.fixtures.processes import ApiProcess, WorkerProcess, environment, free_port
from tests.fixtures.shop import Shop
from tests.fixtures.stopwatch import MAIN, longest
from tests.fixtures.waiting import eventually
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.orders.place import place_orders
from tidings.orders.placing import Placing

pytestmark = [pytest.mark.journeys, pytest.mark.alone]

MOST_SECONDS = 0.05
MAILS = 300
ORDER = order_body(customer={"email": "ada@example.com"})


@contextmanager
def ended(process: ApiProcess | WorkerProcess) -> Iterator[None]:
    """However the test ends."""
    try:
        yield
    finally:
        if process.process.poll() is None:
            process.kill()


async def listed(http: httpx.AsyncClient, stop: asyncio.Event) -> None:
    while not stop.is_set():
        (await http.get("/v1/orders", params={"limit": 200})).raise_for_status()


async def test_orders_batches_and_lists_together_hold_up_no_api(
    begin: Begin, shop: Shop, worker_database_url: str, tmp_path: Path
) -> None:
    noted = tmp_path / "api.json"
    env = environment(worker_database_url, None, STOPWATCH=str(noted))
    api = ApiProcess(env, tmp_path / "log", free_port(), main=MAIN)
    load, stop = Load([api.base_url], shop.live_key, clients=12, batching=0, pause_seconds=0), asyncio.Event()
    headers = {"Authorization": f"Bearer {shop.live_key}"}
    client = httpx.AsyncClient(base_url=api.base_url, headers=headers, trust_env=False, timeout=60)
    with ended(api):
        async with client as http:
            await api.ready()
            (await http.post("/v1/orders", json=ORDER)).raise_for_status()
            # What the first request has to read is read.
            os.kill(api.process.pid, signal.SIGUSR1)
            async with asyncio.TaskGroup() as group:
                group.create_task(load.run())
                group.create_task(listed(http, stop))
                for _ in range(2):
                    answer = await http.post("/v1/orders/batch", json={"orders": [ORDER] * 500})
                    assert {result["status"] for result in answer.json()["results"]} == {201}
                load.stop = True
                stop.set()
            lag = await http.get("/metrics")
        assert load.unexpected == []
        assert "tidings_loop_lag_seconds_bucket" in lag.text
        assert api.stop() == 0
        assert 0 < longest(noted)[0][0] <= MOST_SECONDS, longest(noted)[:3]


async def test_hundreds_of_mails_hold_up_no_worker(
    begin: Begin, shop: Shop, worker_database_url: str, tmp_path: Path
) -> None:
    noted = tmp_path / "worker.json"
    env = environment(worker_database_url, None, STOPWATCH=str(noted))
    async with SendGridDouble() as double:
        await connect(begin, shop, env, channel="email", provider="sendgrid", double=double)
        worker = WorkerProcess(env, tmp_path / "log", main=MAIN)
        with ended(worker):
            await place_many(begin, shop, 1)
            await eventually(lambda: double.received, seconds=60)
            os.kill(worker.process.pid, signal.SIGUSR1)
            await place_many(begin, shop, MAILS)
            await eventually(lambda: len(double.received) > MAILS, seconds=120)
            assert worker.stop() == 0
    assert 0 < longest(noted)[0][0] <= MOST_SECONDS, longest(noted)[:3]


async def place_many(begin: Begin, shop: Shop, count: int) -> None:
    now, rules = SystemClock().now(), await rules_of(begin, shop)
    orders = [checked(ORDER, rules, now, mode="live") for _ in range(count)]
    await place_orders(
        [Placing(scope=shop.live_scope, shop=rules, order=order, actor="tests") for order in orders],
        begin=begin, now=now,
    )  # fmt: skip
