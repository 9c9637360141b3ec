"""Claims: each condition of the statement, one by one."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.delivery.claim import Lease, claim
from tidings.kit.ids import new_id
from tidings.kit.scope import Scope
from tidings.outbox.claim import (
    SUSPECT_AFTER,
    Parked,
    Route,
    give_back,
    park_poison,
    route_with_suspect,
    routes_with_work,
)

TOKEN = new_id()


def route(scope: Scope, queue: str = "email") -> Route:
    return Route(scope.storefront_id, scope.mode, queue)


async def claimed(
    mailroom: Mailroom, *routes: Route, quota: int = 10, seconds: float = 60, lost: tuple[int, int] = (0, 1)
) -> list[UUID]:
    wanted = routes or (route(mailroom.scope),)
    lease = Lease("w-1", TOKEN, seconds, dict.fromkeys(wanted, quota), lost)
    async with mailroom.begin.across() as tx:
        return [message.id for message in await claim(tx.raw, lease)]


async def turn(mailroom: Mailroom, sql: str, *arguments: object) -> None:
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(f"UPDATE outbox SET {sql}", *arguments)


async def test_each_route_with_work_is_found_once_due_or_not(mailroom: Mailroom) -> None:
    for channel in ("email", "email", "sms"):
        await mailroom.owed(customer={"preferred_channel": channel})
    await turn(mailroom, "due_at = now() + interval '1 hour'")
    live = Mailroom(mailroom.begin, mailroom.shop, mailroom.clock, "live")
    await live.owed(customer={"email": "ada@example.com"})
    async with mailroom.begin.across() as tx:
        found = await routes_with_work(tx.raw)
    expected = [route(live.scope), route(mailroom.scope), route(mailroom.scope, "sms")]
    assert sorted(found, key=str) == sorted(expected, key=str)


async def test_an_empty_outbox_has_no_routes(mailroom: Mailroom) -> None:
    async with mailroom.begin.across() as tx:
        assert await routes_with_work(tx.raw) == []


async def test_what_is_claimed_is_nobody_elses_until_the_lease_runs_out(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    assert await claimed(mailroom) == [message.id]
    assert await claimed(mailroom) == []
    await turn(mailroom, "due_at = now()")
    assert await claimed(mailroom) == [message.id]


async def test_a_lease_is_written_down_with_its_owner_and_its_end(mailroom: Mailroom) -> None:
    await mailroom.owed()
    await claimed(mailroom, seconds=90)
    (row,) = await mailroom.fetch("SELECT *, extract(epoch FROM due_at - now()) AS left FROM outbox")
    assert (row["lease_token"], row["lease_owner"], row["lost_leases"]) == (TOKEN, "w-1", 0)
    assert 80 < row["left"] <= 90


@pytest.mark.parametrize("state", ["due_at = now() + interval '1 second'", "parked_at = now(), due_at = 'infinity'"])
async def test_what_is_not_due_is_not_claimed(mailroom: Mailroom, state: str) -> None:
    await mailroom.owed()
    await turn(mailroom, state)
    assert await claimed(mailroom) == []


async def test_only_the_named_routes_are_claimed(mailroom: Mailroom, other_shop: Shop) -> None:
    message = await mailroom.owed()
    elsewhere = [route(mailroom.scope, "sms"), route(mailroom.shop.live_scope), route(other_shop.scope)]
    assert await claimed(mailroom, *elsewhere) == []
    assert await claimed(mailroom, *elsewhere, route(mailroom.scope)) == [message.id]


async def test_a_route_gets_no_more_than_its_quota_and_its_most_urgent_first(mailroom: Mailroom) -> None:
    messages = [await mailroom.owed() for _ in range(4)]
    await turn(mailroom, "priority = 5 WHERE id = $1", messages[3].id)
    await turn(mailroom, "due_at = now() - interval '1 minute' WHERE id = $1", messages[2].id)
    first = await claimed(mailroom, quota=2)
    assert set(first) == {messages[3].id, messages[2].id}
    assert set(await claimed(mailroom, quota=2)) == {messages[0].id, messages[1].id}


async def test_only_the_oldest_message_of_an_order_leaves_and_another_lane_holds_nobody_up(mailroom: Mailroom) -> None:
    first = await mailroom.owed()
    second = await mailroom.owed()
    await turn(mailroom, "order_id = $1, order_seq = 2 WHERE id = $2", first.order_id, second.id)
    await turn(mailroom, "due_at = now() + interval '1 minute' WHERE id = $1", first.id)
    assert await _picked(mailroom) == []
    await turn(mailroom, "lane = 'storefront' WHERE id = $1", first.id)
    assert await _picked(mailroom) == [second.id]


async def test_a_message_of_another_order_or_shop_holds_nobody_up(mailroom: Mailroom, other_shop: Shop) -> None:
    waiting = await mailroom.owed()
    await turn(mailroom, "due_at = now() + interval '1 minute', order_seq = 0 WHERE id = $1", waiting.id)
    free = await mailroom.owed()
    assert await _picked(mailroom) == [free.id]
    await turn(mailroom, "order_id = $1, storefront_id = $2 WHERE id = $3", free.order_id, other_shop.id, waiting.id)
    await turn(mailroom, "due_at = now(), lease_token = NULL WHERE id = $1", free.id)
    assert await _picked(mailroom) == [free.id]


async def _picked(mailroom: Mailroom) -> Sequence[UUID]:
    """What the claim takes in hand, whether or not its message fits the work that the test has bent."""
    await claimed(mailroom)
    return [row["id"] for row in await mailroom.fetch("SELECT id FROM outbox WHERE lease_token = $1", TOKEN)]


async def test_a_lease_that_ran_out_is_counted_and_one_that_was_given_back_is_not(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await claimed(mailroom)
    await turn(mailroom, "due_at = now()")
    await claimed(mailroom)
    assert await mailroom.value("SELECT lost_leases FROM outbox") == 1
    async with mailroom.begin.across() as tx:
        await give_back(tx.raw, [message.id], TOKEN)
    assert await claimed(mailroom) == [message.id]
    assert await mailroom.value("SELECT lost_leases FROM outbox") == 1


async def test_work_is_given_back_only_by_whoever_holds_it(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await claimed(mailroom)
    async with mailroom.begin.across() as tx:
        await give_back(tx.raw, [message.id], new_id())
    assert await claimed(mailroom) == []


async def test_what_lost_its_leases_twice_is_claimed_alone_only(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await turn(mailroom, "lost_leases = $1, lease_token = $2", SUSPECT_AFTER - 1, new_id())
    assert await claimed(mailroom) == []
    async with mailroom.begin.across() as tx:
        assert await route_with_suspect(tx) == route(mailroom.scope)
    assert await claimed(mailroom, lost=(SUSPECT_AFTER, SUSPECT_AFTER)) == [message.id]
    assert await mailroom.value("SELECT lost_leases FROM outbox") == SUSPECT_AFTER


async def test_nobody_is_suspected_for_a_first_lost_lease_or_while_its_worker_lives(mailroom: Mailroom) -> None:
    await mailroom.owed()
    await turn(mailroom, "lease_token = $1", new_id())
    async with mailroom.begin.across() as tx:
        assert await route_with_suspect(tx) is None
    await turn(mailroom, "lost_leases = 1, lease_token = $1, due_at = now() + interval '1 minute'", new_id())
    async with mailroom.begin.across() as tx:
        assert await route_with_suspect(tx) is None


async def test_a_suspect_is_told_of_once_it_has_waited_for_so_long_and_waits_for_no_older_one(
    mailroom: Mailroom, other_shop: Shop
) -> None:
    suspect, older = await mailroom.owed(), await mailroom.owed()
    lost = "lost_leases = 1, lease_token = $1, due_at = now() - interval '30 seconds', order_seq = 2 WHERE id = $2"
    await turn(mailroom, lost, new_id(), suspect.id)
    async with mailroom.begin.across() as tx:
        assert await route_with_suspect(tx, waited_seconds=60) is None
        assert await route_with_suspect(tx, waited_seconds=20) == route(mailroom.scope)
    for bent, found in [
        (f"order_id = '{suspect.order_id}'", None),
        ("lane = 'storefront'", route(mailroom.scope)),
        ("lane = 'customer', order_seq = 2", route(mailroom.scope)),
        (f"order_seq = 1, storefront_id = '{other_shop.id}'", route(mailroom.scope)),
    ]:
        await turn(mailroom, f"{bent} WHERE id = $1", older.id)
        async with mailroom.begin.across() as tx:
            assert await route_with_suspect(tx) == found


async def test_two_workers_that_park_at_once_do_not_wait_for_each_other(mailroom: Mailroom) -> None:
    await mailroom.owed()
    await turn(mailroom, "lost_leases = 2, lease_token = gen_random_uuid()")
    async with mailroom.begin.across() as one, mailroom.begin.across() as other:
        assert (len(await park_poison(one)), len(await park_poison(other))) == (1, 0)


async def test_what_took_its_worker_down_even_alone_is_parked(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    await turn(mailroom, "lost_leases = $1, lease_token = $2", SUSPECT_AFTER, new_id())
    async with mailroom.begin.across() as tx:
        parked = await park_poison(tx)
        assert await park_poison(tx) == []
    assert parked == [Parked(message.storefront_id, "test", message.order_id, message.id)]
    (row,) = await mailroom.fetch("SELECT * FROM outbox")
    assert row["parked_at"] is not None
    assert row["lease_token"] is None
    assert await claimed(mailroom, lost=(0, 99)) == []


@pytest.mark.parametrize(
    "state",
    [
        "lost_leases = 1, lease_token = gen_random_uuid()",
        "lost_leases = 2, lease_token = NULL",
        "lost_leases = 2, lease_token = gen_random_uuid(), due_at = now() + interval '1 minute'",
    ],
)
async def test_what_may_still_go_well_is_not_parked(mailroom: Mailroom, state: str) -> None:
    await mailroom.owed()
    await turn(mailroom, state)
    async with mailroom.begin.across() as tx:
        assert await park_poison(tx) == []


async def test_two_workers_that_claim_at_once_get_different_work(mailroom: Mailroom) -> None:
    messages = {(await mailroom.owed()).id for _ in range(6)}
    first = Lease("w-1", new_id(), 60, {route(mailroom.scope): 3})
    second = Lease("w-2", new_id(), 60, {route(mailroom.scope): 3})
    async with mailroom.begin.across() as one, mailroom.begin.across() as two:
        ours = {message.id for message in await claim(one.raw, first)}
        theirs = {message.id for message in await claim(two.raw, second)}
    assert (len(ours), len(theirs)) == (3, 3)
    assert ours | theirs == messages


async def test_a_claims_commit_is_not_waited_for_and_the_next_ones_is(mailroom: Mailroom) -> None:
    """Of the claim's own transaction only: what it sets ends with it."""
    await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("SET LOCAL synchronous_commit = on")
        await claim(tx.raw, Lease("w-1", TOKEN, 60, {route(mailroom.scope): 1}))
        assert await tx.raw.fetchval("SHOW synchronous_commit") == "off"
    async with mailroom.begin.statement() as connection:
        before = await connection.fetchval("SHOW synchronous_commit")
        await claim(connection, Lease("w-1", TOKEN, 60, {route(mailroom.scope): 1}))
        assert await connection.fetchval("SHOW synchronous_commit") == before
