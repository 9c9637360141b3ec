"""Work put back, and taken away."""

from datetime import timedelta

from tests.fixtures.mailroom import Mailroom
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import new_id
from tidings.outbox.again import Again, drop_work, put_back
from tidings.outbox.append import Work


def work(row: MessageRow, queue: str = "sms") -> Work:
    return Work(row.storefront_id, "test", row.order_id, row.id, queue, row.priority, row.order_seq)


async def test_work_that_was_done_is_due_again_after_its_wait_and_the_worker_is_woken(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    woken: list[bool] = []
    mailroom.begin.on_work = lambda: woken.append(True)
    async with mailroom.begin.across() as tx:
        assert await drop_work(tx, [(message.storefront_id, message.id)]) == {message.id}
        await put_back(tx, [Again(work(message), timedelta(minutes=5))])
    (row,) = await mailroom.fetch("SELECT *, due_at - now() AS wait FROM outbox")
    assert (row["id"], row["queue"], row["lane"]) == (message.id, "sms", "customer")
    assert timedelta(minutes=4) < row["wait"] <= timedelta(minutes=5)
    assert woken == [True]


async def test_whoever_had_it_in_hand_loses_it(mailroom: Mailroom) -> None:
    message = await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await tx.raw.execute(
            "UPDATE outbox SET lease_token = gen_random_uuid(), lease_owner = 'w', lost_leases = 2, parked_at = now()"
        )
        await put_back(tx, [Again(work(message))])
    (row,) = await mailroom.fetch("SELECT *, due_at <= now() AS due FROM outbox")
    assert (row["lease_token"], row["lease_owner"], row["lost_leases"], row["parked_at"]) == (None, None, 0, None)
    assert (row["queue"], row["due"]) == ("sms", True)


async def test_what_is_not_there_cannot_be_dropped(mailroom: Mailroom) -> None:
    async with mailroom.begin.across() as tx:
        assert await drop_work(tx, [(mailroom.shop.id, new_id())]) == set()
        assert await drop_work(tx, []) == set()
        await put_back(tx, [])
    assert await mailroom.value("SELECT count(*) FROM outbox") == 0
