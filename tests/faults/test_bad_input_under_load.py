"""Poison beside good orders, and the same orders in two processes, all at once: everybody gets what is his."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.fixtures.load import assert_whole
from tests.fixtures.orders import checked, order_body, rules_of
from tests.fixtures.shop import Shop
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.orders.errors import NumberTaken
from tidings.orders.place import Placed, place_orders
from tidings.orders.placing import Placing

pytestmark = pytest.mark.faults

ROUNDS = 10
LIST = 30


def with_name(name: str) -> Callable[[], dict[str, Any]]:
    return lambda: order_body(customer={"name": name})


POISON: dict[str, Callable[[], dict[str, Any]]] = {
    "a NUL": with_name("Ada\x00"),
    "a lone surrogate": with_name("Ada\ud800"),
    "a NUL in a number": lambda: order_body(number="W\x00"),
    "a surrogate in what is only kept": lambda: order_body(metadata={"cart": "\udfff"}),
    "more money than there is": lambda: order_body(total={"amount": 10**30, "currency": "EUR"}),
    "more money than a bigint": lambda: order_body(total={"amount": 2**63, "currency": "EUR"}),
    "a date after the last": lambda: order_body(placed_at="9999-12-31T23:59:59-14:00"),
    "a date before the first": lambda: order_body(placed_at="0001-01-01T00:00:00+14:00"),
    "a day that is none": lambda: order_body(estimated_delivery={"from": "10000-01-01", "to": "10000-01-02"}),
    "not an order": lambda: {"lines": [[[[]]]]},
}


async def post(api: httpx.AsyncClient, path: str, key: str, body: Any) -> httpx.Response:
    # As escapes: what a lone surrogate is in JSON.
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    return await api.post(path, content=json.dumps(body).encode("ascii"), headers=headers)


async def test_poison_fails_alone_whoever_comes_with_it(api: httpx.AsyncClient, begin: Begin) -> None:
    kinds = list(itertools.islice(itertools.cycle([*POISON, None, None]), 96))
    orders = [order_body() if kind is None else POISON[kind]() for kind in kinds]
    alone = asyncio.gather(*(post(api, "/v1/orders", f"k-{n}", order) for n, order in enumerate(orders)))
    batches = asyncio.gather(*(post(api, "/v1/orders/batch", f"b-{n}", {"orders": orders}) for n in range(3)))
    placed: dict[str, str] = {}
    for n, (kind, answer) in enumerate(zip(kinds, await alone, strict=True)):
        assert answer.status_code == (201 if kind is None else 422), (kind, answer.text)
        if kind is None:
            placed[f"k-{n}"] = answer.json()["id"]
    for b, answer in enumerate(await batches):
        assert answer.status_code == 200, answer.text
        for n, (kind, result) in enumerate(zip(kinds, answer.json()["results"], strict=True)):
            assert result["status"] == (201 if kind is None else 422), (kind, result)
            if kind is None:
                placed[f"b-{b} {n}"] = result["order"]["id"]
    assert await assert_whole(begin, placed) == len(placed) == 4 * kinds.count(None)


def named(n: int) -> dict[str, Any]:
    """An order of which only one may be stored, or one of its own."""
    body = order_body()
    body["lines"][0]["sku"] = "TWICE" if n in {10, 20} else f"T-{n}"
    return body


async def test_a_unique_violation_in_the_middle_fails_alone(
    api: httpx.AsyncClient, begin: Begin, owner_database_url: str
) -> None:
    """One that no ON CONFLICT awaits: the whole statement fails, and the orders are tried one by one."""
    owner = Begin(create_engine(owner_database_url, pool_size=1))
    async with owner.across() as tx:
        await tx.raw.execute("CREATE UNIQUE INDEX planted ON order_lines (sku) WHERE sku = 'TWICE'")
    try:
        answers = await asyncio.gather(*(post(api, "/v1/orders", f"k-{n}", named(n)) for n in range(40)))
    finally:
        async with owner.across() as tx:
            await tx.raw.execute("DROP INDEX planted")
        await owner.close()
    refused = [n for n, answer in enumerate(answers) if answer.status_code != 201]
    assert len(refused) == 1
    assert refused[0] in {10, 20}
    assert answers[refused[0]].json()["type"] == "urn:tidings:problem:order-not-stored"
    placed = {f"k-{n}": answer.json()["id"] for n, answer in enumerate(answers) if n not in refused}
    assert await assert_whole(begin, placed) == 39


@pytest.fixture
async def other_process(database_url: str) -> AsyncIterator[Begin]:
    """What another process has of its own: its connections."""
    begin = Begin(create_engine(database_url, pool_size=5))
    yield begin
    await begin.close()


@pytest.mark.parametrize("same", ["number", "key"])
async def test_two_processes_with_the_same_orders_store_each_once(
    same: str, begin: Begin, other_process: Begin, shop: Shop
) -> None:
    now, rules = SystemClock().now(), await rules_of(begin, shop)

    def listed(round_: int, process: str) -> list[Placing]:
        numbers = [f"{round_}-{n}" if same == "number" else None for n in range(LIST)]
        orders = [checked(order_body(**({"number": n} if n else {})), rules, now) for n in numbers]
        keys = [f"{round_}-{n}" if same == "key" else f"{process}-{round_}-{n}" for n in range(LIST)]
        return [
            Placing(scope=shop.scope, shop=rules, order=order, actor="tests", key=key, fingerprint=b"f")
            for order, key in zip(orders, keys, strict=True)
        ]

    for round_ in range(ROUNDS):
        one, other = await asyncio.gather(
            place_orders(listed(round_, "a"), begin=begin, now=now),
            # In the opposite order: they would wait for each other in a ring.
            place_orders(listed(round_, "b")[::-1], begin=other_process, now=now),
        )
        for pair in zip(one, other[::-1], strict=True):
            placed = [outcome for outcome in pair if isinstance(outcome, Placed)]
            if same == "key":
                assert len(placed) == 2
                assert placed[0].order_id == placed[1].order_id
                assert sorted(outcome.replayed for outcome in placed) == [False, True]
            else:
                assert len(placed) == 1
                assert any(isinstance(outcome, NumberTaken) for outcome in pair)
    assert await assert_whole(begin, {}) == ROUNDS * LIST
