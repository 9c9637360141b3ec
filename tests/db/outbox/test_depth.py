"""How much waits."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tidings.outbox.depth import Depth, depth


async def seen(mailroom: Mailroom) -> Depth:
    async with mailroom.begin.across() as tx:
        return await depth(tx)


async def turn(mailroom: Mailroom, sql: str, *arguments: object) -> None:
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(f"UPDATE outbox SET {sql}", *arguments)


async def test_an_empty_outbox_has_no_depth_and_no_age(mailroom: Mailroom) -> None:
    assert await seen(mailroom) == Depth({}, {})


async def test_work_is_counted_by_channel(mailroom: Mailroom) -> None:
    await mailroom.owed()
    await mailroom.owed(customer={"preferred_channel": "sms"})
    assert (await seen(mailroom)).rows == {("email", "due"): 1, ("sms", "due"): 1}


async def test_the_age_is_that_of_the_one_that_has_been_due_longest(mailroom: Mailroom) -> None:
    await mailroom.owed()
    await turn(mailroom, "due_at = now() - $1::interval", timedelta(minutes=7))
    await mailroom.owed()
    found = await seen(mailroom)
    assert found.rows == {("email", "due"): 2}
    assert 420 <= found.oldest_seconds["email"] < 480


async def test_what_is_held_waits_or_is_parked_is_not_due(mailroom: Mailroom) -> None:
    await mailroom.owed()
    await turn(mailroom, "due_at = now() + interval '1 minute', lease_token = gen_random_uuid()")
    assert await seen(mailroom) == Depth({("email", "leased"): 1}, {})
    await turn(mailroom, "lease_token = NULL")
    assert await seen(mailroom) == Depth({("email", "waiting"): 1}, {})
    await turn(mailroom, "parked_at = now(), due_at = 'infinity'")
    assert await seen(mailroom) == Depth({("email", "parked"): 1}, {})


async def test_a_lease_that_ran_out_is_due(mailroom: Mailroom) -> None:
    await mailroom.owed()
    await turn(mailroom, "due_at = now() - interval '1 second', lease_token = gen_random_uuid()")
    assert (await seen(mailroom)).rows == {("email", "due"): 1}
