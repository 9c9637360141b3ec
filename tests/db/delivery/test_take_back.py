"""Nothing more is sent about an order."""

from tests.clock import FixedClock
from tests.fixtures.drained import count
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.shop import Shop
from tidings.delivery.take_back import places_of, take_back
from tidings.kit.db import Begin


async def test_what_waits_is_cancelled_and_what_was_sent_stays(
    begin: Begin, keeper: Begin, shop: Shop, clock: FixedClock, mailroom: Mailroom
) -> None:
    waits, sent = await mailroom.owed(), await mailroom.owed()
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET status = 'sent' WHERE id = $1", sent.id)
    async with keeper(shop.scope) as tx:
        written = await take_back(tx, [waits.order_id, sent.order_id], actor="tests", now=clock.now())
    assert (set(written.messages), written.taken_back) == ({waits.id, sent.id}, 1)
    assert waits.recipient.lower() in written.addresses
    assert [(await mailroom.message(one.id)).status for one in (waits, sent)] == ["cancelled", "sent"]
    assert await count(begin, "outbox") == 0


def test_addresses_are_told_in_the_one_spelling_in_which_they_are_suppressed() -> None:
    assert places_of([("email", "A@Example.COM"), ("sms", "+49"), ("email", "a@example.com"), ("push", "")]) == [
        "+49", "a@example.com",
    ]  # fmt: skip
