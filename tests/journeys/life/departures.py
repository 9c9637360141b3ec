"""Messages leave, as far as what is kept of it goes: claimed and settled as a worker does, with nobody behind it."""

from datetime import datetime
from uuid import UUID

from tests.clock import FixedClock
from tidings.delivery.claim import Claimed, Lease, claim
from tidings.delivery.prepare import unattempted
from tidings.delivery.rules import Dead, Done, Verdict
from tidings.delivery.settle import Settlement, settle
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.outbox.claim import Route
from tidings.storefronts.kinds import CHANNELS

_MOST = 200


async def told_all(begin: Begin, shop: UUID, clock: FixedClock) -> int:
    """Every message that is owed is accepted, but for stale ones; says how many left."""
    quotas = {Route(shop, "test", channel): _MOST for channel in CHANNELS}
    count = 0
    while claimed := await _claimed(begin, quotas):
        now = clock.now()
        settlements = [_settlement(message, now) for message in claimed]
        async with begin.across() as tx:
            await settle(tx, settlements, now=now)
        count += len(claimed)
    return count


async def _claimed(begin: Begin, quotas: dict[Route, int]) -> list[Claimed]:
    async with begin.statement() as connection:
        return await claim(connection, Lease("w-1", new_id(), 60, quotas))


def _settlement(message: Claimed, now: datetime) -> Settlement:
    if now > message.valid_until:
        return unattempted(message, Verdict("failed", Dead(), "not sent in time: the news is stale"), now)
    return unattempted(message, Verdict("accepted", Done(), "a receipt proves that it was sent"), now, task=None)
