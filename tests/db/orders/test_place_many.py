"""Placing many at once is placing each by itself: same answers, same rows, whatever the list holds."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.clock import FixedClock
from tests.fixtures.orders import checked, order_body, rules_of
from tests.fixtures.shop import Shop
from tidings.kit.batching import Batcher
from tidings.kit.db import Begin
from tidings.kit.problem import Problem
from tidings.orders.place import Placed, place_orders
from tidings.orders.placing import Placing

# What an order of the list may be: its number, its key, its fingerprint, and whether it is poison. Few values, so that
# they collide.
ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", None]),
        st.sampled_from(["k1", "k2", None, None]),
        st.sampled_from([b"f", b"g"]),
        st.sampled_from(["good", "good", "good", "NUL", "huge", "surrogate", "far"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)
# Between two examples.
TICK = timedelta(seconds=1)
_SUMMED = ("orders", "order_lines", "events", "records", "messages", "outbox", "deadlines", "tasks", "idempotency_keys")


def poisoned(placing: Placing, kind: str) -> Placing:
    """Values that the check refuses and Postgres would too, planted behind the check."""
    order = placing.order
    match kind:
        case "NUL":
            order = replace(order, customer_name="Ada\x00")
        case "huge":
            order = replace(order, total=2**70)
        case "surrogate":
            order = replace(order, customer_name="Ada\ud800")
        case "far":
            order = replace(order, currency=None)  # type: ignore[arg-type]
    return replace(placing, order=order)


def told(outcome: Placed | Problem) -> tuple[Any, ...]:
    """An outcome without what differs by nature: ids and given numbers."""
    if isinstance(outcome, Problem):
        return (type(outcome).__name__,)
    answer = json.loads(outcome.body)
    number = answer["number"] if not answer["number"].startswith("T-") else "given"
    return ("Placed", outcome.status, outcome.replayed, number)


async def rows(begin: Begin) -> dict[str, int]:
    async with begin.across() as tx:
        return {table: await tx.raw.fetchval(f"SELECT count(*) FROM {table}") for table in _SUMMED}


# Not shrunk: an example costs a database its time, and its items are few.
EXAMPLES = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
pytestmark = pytest.mark.timeout(120)


@settings(EXAMPLES, max_examples=40)
@given(items=ITEMS)
async def test_a_list_is_placed_like_its_items_one_by_one(
    items: list[tuple[Any, ...]], begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock
) -> None:
    # A prefix of its own for each example: the database is emptied only between tests.
    prefix = str(int(clock.advance(TICK).timestamp()))
    outcomes, counts = [], []
    for each, target in (("many", shop), ("one", other_shop)):
        before = await rows(begin)
        placings = await listed(begin, target, clock, items, prefix)
        if each == "many":
            found = await place_orders(placings, begin=begin, now=clock.now())
        else:
            found = [(await place_orders([placing], begin=begin, now=clock.now()))[0] for placing in placings]
        outcomes.append([told(outcome) for outcome in found])
        after = await rows(begin)
        counts.append({table: after[table] - before[table] for table in _SUMMED})
    assert outcomes[0] == outcomes[1]
    assert counts[0] == counts[1]


async def listed(
    begin: Begin, shop: Shop, clock: FixedClock, items: list[tuple[Any, ...]], prefix: str
) -> list[Placing]:
    rules = await rules_of(begin, shop)
    placings = []
    for number, key, fingerprint, kind, notify in items:
        body = order_body(notify=notify) | ({"number": number} if number else {})
        order = checked(body, rules, clock.now())
        if number:
            order = replace(order, number=f"{prefix}-{number}")
        placing = Placing(
            scope=shop.scope, shop=rules, order=order, actor="tests",
            key=key and f"{prefix}-{key}", fingerprint=fingerprint if key else b"",
        )  # fmt: skip
        placings.append(poisoned(placing, kind))
    return placings


@settings(EXAMPLES, max_examples=15)
@given(items=ITEMS, leaving=st.sets(st.integers(0, 11)))
async def test_requests_that_share_a_commit_and_go_away_leave_the_others_alone(
    items: list[tuple[Any, ...]], leaving: set[int], begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    placings = await listed(begin, shop, clock, items, str(int(clock.advance(TICK).timestamp())))

    async def work(batch: Any) -> Any:
        return await place_orders(batch, begin=begin, now=clock.now())

    batcher: Batcher[Placing, Placed | Problem] = Batcher(work)
    async with asyncio.TaskGroup() as group:
        lanes = group.create_task(batcher.run_lanes())
        waiting = [group.create_task(_submitted(batcher, placing)) for placing in placings]
        await asyncio.sleep(0)
        for n in leaving & set(range(len(waiting))):
            waiting[n].cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        lanes.cancel()
    for n, (placing, result) in enumerate(zip(placings, results, strict=True)):
        if n in leaving:
            continue
        assert isinstance(result, (Placed, Problem)), result
        if isinstance(result, Placed):
            async with begin.across() as tx:
                stored = await tx.raw.fetchval("SELECT count(*) FROM orders WHERE id = $1", result.order_id)
                events = await tx.raw.fetchval("SELECT count(*) FROM events WHERE order_id = $1", result.order_id)
                owed = await tx.raw.fetchval("SELECT count(*) FROM messages WHERE order_id = $1", result.order_id)
            assert (stored, events) == (1, 1)
            if not result.replayed:
                assert owed == int(placing.order.notify)


async def _submitted(batcher: Batcher[Placing, Placed | Problem], placing: Placing) -> Placed | Problem:
    return await batcher.submit(placing)
