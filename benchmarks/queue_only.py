"""tidings' queue without what it is for: claims and settles until nothing is left. `python -m benchmarks.queue_only`.

The real claim and the real settling statement, as the drain calls them; no template, no send, so no attempt either.
Reads the database's address and the storefront from the environment, prints how many and how long.
"""

import asyncio
import gc
import json
import time
from collections.abc import Sequence
from typing import Final

import uvloop

from benchmarks.baselines.surroundings import MODE, STOREFRONT, URL
from tidings.delivery.affected import MessageKey, lock_messages
from tidings.delivery.claim import Claimed, Lease, claim
from tidings.delivery.rules import Done, Verdict
from tidings.delivery.settle import settle
from tidings.delivery.settlement import Settlement
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.ids import new_id
from tidings.outbox.claim import Route

_BATCH: Final = 200
_LEASE_SECONDS: Final = 60.0
CLOCK: Final = SystemClock()


async def main() -> None:
    """Until the queue is empty."""
    engine = create_engine(URL, pool_size=2)
    begin = Begin(engine)
    lease = Lease("queue-only", new_id(), _LEASE_SECONDS, {Route(STOREFRONT, MODE, "sms"): _BATCH})
    gc.collect()
    gc.freeze()
    count, settling, began = 0, 0.0, time.monotonic()
    while claimed := await _claimed(begin, lease):
        settling -= time.monotonic()
        await _settled(begin, claimed)
        settling += time.monotonic()
        count += len(claimed)
    seconds = time.monotonic() - began
    told = {"count": count, "seconds": seconds, "claiming": seconds - settling, "settling": settling}
    print(json.dumps(told), flush=True)
    await begin.close()


async def _claimed(begin: Begin, lease: Lease) -> list[Claimed]:
    async with begin.statement() as connection:
        return await claim(connection, lease)


async def _settled(begin: Begin, claimed: Sequence[Claimed]) -> None:
    settlements = [_settlement(message) for message in claimed]
    async with begin.across() as tx:
        await lock_messages(tx, [MessageKey(m.storefront_id, m.order_id, m.id) for m in claimed])
        await settle(tx, settlements, now=CLOCK.now())


def _settlement(claimed: Claimed) -> Settlement:
    return Settlement(
        claimed=claimed,
        verdict=Verdict("accepted", Done(), "accepted by the provider"),
        attempt_id=None,
        outcome="accepted",
        connection_id=None,
        connection=None,
        provider_message_id=None,
        error=None,
        finished_at=CLOCK.now(),
    )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
