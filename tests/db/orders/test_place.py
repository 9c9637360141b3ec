"""place_orders on a real database."""

import asyncio
import json
from dataclasses import replace

import asyncpg

from tests.clock import FixedClock
from tests.fixtures.orders import order_body, place, placing
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.idempotency import KeyUsedOtherwise
from tidings.kit.problem import Unavailable
from tidings.orders.errors import NumberTaken, OrderNotStored
from tidings.orders.place import Placed, place_orders


async def count(begin: Begin, table: str) -> int:
    async with begin.across() as tx:
        number: int = await tx.raw.fetchval(f"SELECT count(*) FROM {table}")
        return number


async def test_an_order_is_stored_with_all_that_follows_from_it(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    placed = await place(begin, shop, clock.now(), order_body(number="W-1"))
    assert placed.status == 201
    answer = json.loads(placed.body)
    assert answer["number"] == "W-1"
    assert answer["status"] == "received"
    async with begin.across() as tx:
        message = await tx.raw.fetchrow("SELECT * FROM messages")
        deadline = await tx.raw.fetchrow("SELECT * FROM deadlines")
        work = await tx.raw.fetchrow("SELECT * FROM outbox")
        event = await tx.raw.fetchrow("SELECT * FROM events")
        record = await tx.raw.fetchrow("SELECT * FROM records")
    assert message["milestone"] == deadline["kind"] == "order_confirmation"
    assert message["dedupe_key"] == deadline["dedupe_key"]
    assert message["status"] == "pending"
    assert work["id"] == message["id"]
    assert work["queue"] == message["channel"] == "email"
    assert event["snapshot"]["order"] == answer
    assert record["kind"] == "order.placed"
    assert "sandbox.test" not in json.dumps(record["data"])
    assert (deadline["due_at"] - deadline["started_at"]).total_seconds() == 3600
    assert await count(begin, "order_lines") == 1


async def test_orders_without_a_number_get_rising_ones(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    bodies = [await placing(begin, shop, clock.now()) for _ in range(3)]
    outcomes = await place_orders(bodies, begin=begin, now=clock.now())
    numbers = [json.loads(outcome.body)["number"] for outcome in outcomes if isinstance(outcome, Placed)]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 3


async def test_a_number_of_our_series_that_the_shop_used_is_passed_over(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    await place(begin, shop, clock.now(), order_body(number="T-10001"))
    placed = await place(begin, shop, clock.now())
    assert json.loads(placed.body)["number"] == "T-10002"


async def test_thousands_of_them_in_a_row_are_passed_over_at_once(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    """A shop that has brought its old orders along, and lets us number the new ones."""
    first = await place(begin, shop, clock.now())
    async with begin.across() as tx:
        await tx.raw.execute(
            """
            INSERT INTO orders SELECT (o).* FROM (
                SELECT jsonb_populate_record(o, jsonb_build_object(
                    'id', gen_random_uuid(), 'number', 'T-' || 10001 + n)) AS o
                FROM orders o, generate_series(1, 4000) n WHERE o.id = $1) AS copies
            """,
            first.order_id,
        )
    many = [await placing(begin, shop, clock.now()) for _ in range(3)]
    outcomes = await place_orders(many, begin=begin, now=clock.now())
    numbers = [json.loads(outcome.body)["number"] for outcome in outcomes if isinstance(outcome, Placed)]
    assert len(set(numbers)) == 3
    assert all(14001 < int(number.removeprefix("T-")) < 20000 for number in numbers)


async def test_the_same_key_gives_the_first_answer_again(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    first = await place(begin, shop, clock.now(), key="k-1", fingerprint=b"f")
    again = await place(begin, shop, clock.now(), key="k-1", fingerprint=b"f")
    assert again.replayed
    assert (again.body, again.status, again.order_id) == (first.body, first.status, first.order_id)
    assert await count(begin, "orders") == await count(begin, "messages") == await count(begin, "outbox") == 1


async def test_the_same_key_for_another_request_is_refused(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    await place(begin, shop, clock.now(), key="k-1", fingerprint=b"f")
    other = await placing(begin, shop, clock.now(), key="k-1", fingerprint=b"g")
    (outcome,) = await place_orders([other], begin=begin, now=clock.now())
    assert isinstance(outcome, KeyUsedOtherwise)


async def test_a_taken_number_names_its_holder_and_leaves_no_key(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    first = await place(begin, shop, clock.now(), order_body(number="W-1"))
    other = await placing(begin, shop, clock.now(), order_body(number="W-1"), key="k-2", fingerprint=b"f")
    (outcome,) = await place_orders([other], begin=begin, now=clock.now())
    assert isinstance(outcome, NumberTaken)
    assert outcome.members["order_id"] == f"ord_{first.order_id.hex}"
    assert await count(begin, "idempotency_keys") == 0


async def test_twins_in_one_list_are_one_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    twin = await placing(begin, shop, clock.now(), order_body(number="W-1"), key="k", fingerprint=b"f")
    same_number = await placing(begin, shop, clock.now(), order_body(number="W-1"))
    outcomes = await place_orders([twin, twin, same_number], begin=begin, now=clock.now())
    assert isinstance(outcomes[0], Placed)
    assert isinstance(outcomes[1], Placed)
    assert outcomes[1].replayed
    assert isinstance(outcomes[2], NumberTaken)
    assert await count(begin, "orders") == 1


async def test_a_poison_item_fails_alone(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    good = await placing(begin, shop, clock.now())
    poison = await placing(begin, shop, clock.now())
    # Passed by any parser, refused by Postgres; the check refuses it long before, so it is planted behind the check.
    poison = replace(poison, order=replace(poison.order, customer_name="Ada\x00Byron"))
    outcomes = await place_orders([good, poison], begin=begin, now=clock.now())
    assert isinstance(outcomes[0], Placed)
    assert not isinstance(outcomes[1], Placed)
    assert await count(begin, "orders") == 1


async def test_two_hundred_at_once_with_one_key_are_one_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    same = await placing(begin, shop, clock.now(), key="k", fingerprint=b"f")
    many = await asyncio.gather(*(place_orders([same], begin=begin, now=clock.now()) for _ in range(200)))
    bodies = {outcome.body for (outcome,) in many if isinstance(outcome, Placed)}
    assert len(bodies) == 1
    assert sum(isinstance(outcome, Placed) for (outcome,) in many) == 200
    assert await count(begin, "orders") == await count(begin, "messages") == 1


async def test_processes_racing_for_numbers_and_keys_leave_no_half(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    """The same numbers under other keys, from many sides at once: one order each, and no key without its order."""
    sides = [
        [await placing(begin, shop, clock.now(), order_body(number=f"W-{n}"), key=f"{side}-{n}", fingerprint=b"f")
         for n in range(5)]
        for side in range(8)
    ]  # fmt: skip
    await asyncio.gather(*(place_orders(side, begin=begin, now=clock.now()) for side in sides))
    assert await count(begin, "orders") == 5
    assert await count(begin, "idempotency_keys") == 5


async def test_an_import_owes_nothing(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    await place(begin, shop, clock.now(), order_body(notify=False))
    assert await count(begin, "orders") == await count(begin, "events") == 1
    assert await count(begin, "messages") == await count(begin, "deadlines") == await count(begin, "outbox") == 0


async def test_an_incomplete_order_starts_the_clock_and_a_task(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    body = order_body()
    del body["shipping_address"]
    placed = await place(begin, shop, clock.now(), body)
    assert placed.status == 202
    async with begin.across() as tx:
        assert await tx.raw.fetchval("SELECT milestone FROM messages") == "order_incomplete"
        assert await tx.raw.fetchval("SELECT kind FROM deadlines") == "order_confirmation"
        assert await tx.raw.fetchval("SELECT kind FROM tasks") == "complete_order"


async def test_a_key_is_free_again_in_the_other_mode(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    live_body = order_body(customer={"email": "ada@example.com", "phone": "+4915112345678"})
    await place(begin, shop, clock.now(), live_body, key="k", fingerprint=b"f", scope=shop.live_scope)
    placed = await place(begin, shop, clock.now(), key="k", fingerprint=b"g")
    assert not placed.replayed


async def test_a_race_that_never_ends_is_given_up_and_harms_no_neighbour(
    begin: Begin, shop: Shop, clock: FixedClock, owner_database_url: str
) -> None:
    """Something swallows one order each time (here: an index that nobody knows of), so that its key has no order."""
    connection = await asyncpg.connect(owner_database_url)
    try:
        await connection.execute("CREATE UNIQUE INDEX odd ON orders (customer_phone) WHERE customer_phone LIKE '+49%7'")
        same = {"customer": {"phone": "+4915112345677"}}
        orders = [order_body(), order_body(**same), order_body(), order_body(**same)]
        placings = [await placing(begin, shop, clock.now(), body, key=f"k-{n}") for n, body in enumerate(orders)]
        outcomes = await place_orders(placings, begin=begin, now=clock.now())
    finally:
        await connection.execute("DROP INDEX IF EXISTS odd")
        await connection.close()
    assert [type(outcome) for outcome in outcomes] == [Placed, Placed, Placed, Unavailable]
    assert await count(begin, "orders") == await count(begin, "idempotency_keys") == 3


async def test_a_mistake_of_ours_with_one_order_harms_no_neighbour(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    good, odd = await placing(begin, shop, clock.now()), await placing(begin, shop, clock.now())
    broken = replace(odd, order=replace(odd.order, lines=[{"line": "not a number"}]))
    outcomes = await place_orders([good, broken, good], begin=begin, now=clock.now())
    assert [type(outcome) for outcome in outcomes] == [Placed, OrderNotStored, Placed]
