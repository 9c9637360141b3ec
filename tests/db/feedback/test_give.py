"""Feedback: once for each order, told to the shop, with a task when it is low."""

import asyncio

import pytest

from tests.db.feedback.counter import Rated
from tests.fixtures.facts import facts, records, told
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import NotFound
from tidings.kit.scope import Scope

COMMENT = "The tin was dented 😔, ask Ada Byron, +49 151 12345678"


async def kept(rated: Rated) -> list[dict[str, object]]:
    return await told(rated.mailroom.begin, "SELECT * FROM feedback ORDER BY id")


async def test_it_is_kept_with_the_message_that_it_came_from_and_told_to_the_shop(rated: Rated) -> None:
    message_id = await rated.told()
    assert await rated.give(message_id, 5, COMMENT)
    (row,) = await kept(rated)
    order_id = await rated.order_of(message_id)
    assert (row["order_id"], row["message_id"], row["channel"]) == (order_id, message_id, "email")
    assert (row["rating"], row["comment"], row["mode"]) == (5, COMMENT, "test")
    fact = (await facts(rated.mailroom.begin, rated.mailroom.shop, order_id))[-1]
    assert (fact["kind"], fact["actor"]) == ("feedback.given", "customer")
    feedback = fact["snapshot"]["feedback"]
    assert (feedback["rating"], feedback["comment"]) == (5, COMMENT)
    assert fact["snapshot"]["order"]["id"] == wire("ord", order_id)


async def test_the_record_knows_the_rating_and_not_a_word_of_the_customers(rated: Rated) -> None:
    message_id = await rated.told()
    await rated.give(message_id, 1, COMMENT)
    *_, record = await records(rated.mailroom.begin, rated.mailroom.shop, await rated.order_of(message_id))
    assert record["kind"] == "feedback.given"
    assert (record["data"]["rating"], record["data"]["has_comment"]) == (1, True)
    everything = await told(rated.mailroom.begin, "SELECT data::text || subject || actor AS said FROM records")
    assert not [row for row in everything if "dented" in row["said"] or "Ada" in row["said"]]


async def test_the_first_one_counts(rated: Rated) -> None:
    message_id = await rated.told()
    assert await rated.give(message_id, 4)
    assert not await rated.give(message_id, 1, "I have changed my mind")
    assert [(row["rating"], row["comment"]) for row in await kept(rated)] == [(4, None)]


async def test_another_message_of_the_order_is_the_same_order(rated: Rated) -> None:
    message_id = await rated.told()
    assert await rated.give(message_id, 4)
    async with rated.mailroom.begin.across() as tx:
        again = new_id()
        columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'messages'"
        names = [row[0] for row in await tx.raw.fetch(columns) if row[0] not in {"id", "dedupe_key"}]
        listed = ", ".join(f'"{name}"' for name in names)
        await tx.raw.execute(
            f"INSERT INTO messages (id, dedupe_key, {listed}) SELECT $1, 'again', {listed} FROM messages WHERE id = $2",
            again, message_id,
        )  # fmt: skip
    assert not await rated.give(again, 5)


@pytest.mark.timeout(60)
async def test_sixty_four_at_once_are_one(rated: Rated) -> None:
    message_id = await rated.told()
    given = await asyncio.gather(*(rated.give(message_id, 1 + n % 5, f"no. {n}") for n in range(64)))
    assert sum(given) == 1
    (row,) = await kept(rated)
    assert row["comment"] == f"no. {given.index(True)}"
    order_id = await rated.order_of(message_id)
    kinds = [fact["kind"] for fact in await facts(rated.mailroom.begin, rated.mailroom.shop, order_id)]
    assert kinds.count("feedback.given") == 1


@pytest.mark.parametrize(
    ("up_to", "rating", "has_task"), [(2, 2, True), (2, 3, False), (0, 1, False), (5, 5, True), (2, 1, True)]
)
async def test_a_low_rating_gives_staff_a_task(rated: Rated, up_to: int, rating: int, has_task: object) -> None:
    await rated.rule(task_up_to=up_to)
    message_id = await rated.told()
    await rated.give(message_id, rating, COMMENT)
    tasks = await told(
        rated.mailroom.begin, "SELECT order_id, owner, data::text AS data FROM tasks WHERE kind = 'low_rating'"
    )
    assert bool(tasks) is has_task
    for task in tasks:
        assert (task["order_id"], task["owner"]) == (await rated.order_of(message_id), "staff/anna")
        assert "dented" not in task["data"], "it is read where it is kept"


async def test_a_message_of_another_shop_or_mode_is_none(rated: Rated) -> None:
    message_id = await rated.told()
    with pytest.raises(NotFound):
        await rated.give(new_id(), 5)
    rated.mailroom.mode = "live"
    assert rated.mailroom.scope == Scope(rated.mailroom.shop.id, "live")
    with pytest.raises(NotFound):
        await rated.give(message_id, 5)
