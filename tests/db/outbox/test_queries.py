"""Work looked at."""

from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import new_id
from tidings.outbox.queries import Waiting, parked_among, waiting


async def seen(mailroom: Mailroom, work: object) -> Waiting | None:
    async with mailroom.begin.reading(mailroom.scope) as tx:
        return await waiting(tx, mailroom.shop.id, work)  # type: ignore[arg-type]


async def test_work_says_when_it_is_due_and_who_has_it(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    due = await mailroom.value("SELECT due_at FROM outbox")
    assert await seen(mailroom, message.id) == Waiting(due, in_hands=False, parked_at=None, after_others=False)
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE outbox SET lease_token = gen_random_uuid(), due_at = now() + interval '1 min'")
    found = await seen(mailroom, message.id)
    assert found is not None
    assert found.in_hands
    assert await seen(mailroom, new_id()) is None


async def test_younger_work_of_an_order_comes_after_the_older(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    younger = new_id()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(
            "INSERT INTO outbox (storefront_id, id, mode, order_id, queue, priority, lane, order_seq)"
            " VALUES ($1, $2, 'test', $3, 'email', 1, 'customer', 9)",
            message.storefront_id,
            younger,
            message.order_id,
        )
    found = await seen(mailroom, younger)
    assert found is not None
    assert found.after_others


async def test_parked_work_is_told_apart(mailroom: Mailroom) -> None:
    one, other = await mailroom.owed(), await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE outbox SET parked_at = now() WHERE id = $1", one.id)
        these = [(row.storefront_id, row.id) for row in (one, other)]
        assert await parked_among(tx, these) == {one.id}
