"""Workers are killed at random moments: nothing is lost, and what is doubled is accounted for."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.doubles.sendgrid import SendGridDouble
from tests.doubles.turns import delays
from tests.doubles.twilio import TwilioDouble
from tests.doubles.wire import HttpDouble
from tests.fixtures.doubled import connect
from tests.fixtures.nursery import NurseryWorker
from tests.fixtures.orders import checked, order_body, rules_of
from tests.fixtures.processes import environment
from tests.fixtures.shop import Shop
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.kit.ids import parse
from tidings.orders.place import place_orders
from tidings.orders.placing import Placing

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("TIDINGS_TEST_KILLS", "50"))
# Each kill uses up sixty or so: what was sent since the last one, and what was in hand. What workers die over a third
# time, once all others are through, is left to a person, as it should be: so there are enough others for all kills.
ORDERS = int(os.environ.get("TIDINGS_TEST_ORDERS", "3000"))
SEED = int(os.environ.get("TIDINGS_TEST_SEED", "20261123"))


async def place_many(begin: Begin, shop: Shop, channel: str) -> None:
    now, rules = SystemClock().now(), await rules_of(begin, shop)
    customers = [
        {"email": f"ada.{n}@example.com", "phone": f"+4915112{n:06}", "preferred_channel": channel}
        for n in range(ORDERS)
    ]
    orders = [checked(order_body(customer=customer), rules, now, mode="live") for customer in customers]
    placings = [Placing(scope=shop.live_scope, shop=rules, order=order, actor="tests") for order in orders]
    for first in range(0, ORDERS, 100):
        await place_orders(placings[first : first + 100], begin=begin, now=now)


async def wait_until_empty(begin: Begin, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while True:
            async with begin.across() as tx:
                if not await tx.raw.fetchval("SELECT count(*) FROM outbox WHERE parked_at IS NULL"):
                    return
            await asyncio.sleep(0.5)


async def drain_with_kills(begin: Begin, env: dict[str, str], log: Path, double: HttpDouble) -> None:
    """Two workers at once; every time one of them has sent a little, one is killed and replaced."""
    dice = random.Random(SEED)
    workers = [NurseryWorker(env, log), NurseryWorker(env, log)]
    try:
        for kill in range(KILLS):
            seen = len(double.requests)
            for _ in range(400):
                if len(double.requests) > seen:
                    break
                await asyncio.sleep(0.02)
            await asyncio.sleep(dice.uniform(0, 0.25))
            workers[kill % 2].kill()
            workers[kill % 2].start()
        await wait_until_empty(begin, 120)
        # One that was started a moment ago may be too young to catch the signal.
        assert {worker.stop() for worker in workers} <= {0, -signal.SIGTERM}
    finally:
        for worker in workers:
            worker.kill()


async def sent_by_message(begin: Begin, attempts: list[str]) -> Counter[object]:
    ids = [parse("att", attempt) for attempt in attempts]
    async with begin.across() as tx:
        rows = await tx.raw.fetch("SELECT id, message_id FROM attempts WHERE id = ANY($1::uuid[])", ids)
    message_of = {row["id"]: row["message_id"] for row in rows}
    return Counter(message_of[id_] for id_ in ids)


async def assert_all_told(begin: Begin) -> None:
    async with begin.across() as tx:
        statuses = await tx.raw.fetch("SELECT status, count(*) AS n FROM messages GROUP BY 1")
        unmet = await tx.raw.fetchval("SELECT count(*) FROM deadlines WHERE met_at IS NULL")
    assert {row["status"]: row["n"] for row in statuses} == {"sent": ORDERS}
    assert unmet == 0


@pytest.mark.timeout(600)
async def test_killed_workers_lose_nothing_and_every_double_is_tied_to_an_uncertain_attempt(
    begin: Begin, shop: Shop, worker_database_url: str, valkey_url: str, tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    env = environment(worker_database_url, valkey_url)
    async with SendGridDouble() as double:
        double.always(delays(0.1))
        await connect(begin, shop, env, channel="email", provider="sendgrid", double=double)
        await place_many(begin, shop, "email")
        await drain_with_kills(begin, env, tmp_path / "workers.log", double)
        sent = await sent_by_message(begin, [mail.custom_args["tidings_attempt"] for mail in double.received])
    await assert_all_told(begin)
    assert len(sent) == ORDERS, "lost"
    async with begin.across() as tx:
        rows = await tx.raw.fetch(
            "SELECT message_id, count(*) AS n FROM attempts WHERE status = 'uncertain' GROUP BY 1"
        )
    uncertain = {row["message_id"]: row["n"] for row in rows}
    doubles = {message: times - 1 for message, times in sent.items() if times > 1}
    record_property("doubles", sum(doubles.values()))
    record_property("uncertain", sum(uncertain.values()))
    assert sum(uncertain.values()) > 0, "no kill caught a send in flight: the test shows nothing"
    assert all(extra <= uncertain.get(message, 0) for message, extra in doubles.items())


@pytest.mark.timeout(600)
async def test_killed_workers_double_nothing_where_the_provider_can_be_asked(
    begin: Begin, shop: Shop, worker_database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    env = environment(worker_database_url, valkey_url)
    async with TwilioDouble() as double:
        double.always(delays(0.1))
        await connect(begin, shop, env, channel="sms", provider="twilio", double=double)
        await place_many(begin, shop, "sms")
        await drain_with_kills(begin, env, tmp_path / "workers.log", double)
        sent = await sent_by_message(
            begin, [parse_qs(urlsplit(text.status_callback).query)["a"][0] for text in double.received]
        )
    await assert_all_told(begin)
    assert len(sent) == ORDERS, "lost"
    assert sum(times - 1 for times in sent.values()) == 0, "doubled"
