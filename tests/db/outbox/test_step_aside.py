"""Work that waits without holding up what comes after it."""

from tests.fixtures.mailroom import Mailroom
from tidings.outbox.step_aside import ASIDE_LANE, step_aside


async def test_it_leaves_the_order_of_its_facts_and_others_stay(mailroom: Mailroom) -> None:
    aside, other = await mailroom.owed(), await mailroom.owed()
    async with mailroom.begin.across() as tx:
        await step_aside(tx, [])
        await step_aside(tx, [(aside.storefront_id, aside.id)])
    lanes = {row["id"]: row["lane"] for row in await mailroom.fetch("SELECT id, lane FROM outbox")}
    assert lanes == {aside.id: ASIDE_LANE, other.id: "customer"}
