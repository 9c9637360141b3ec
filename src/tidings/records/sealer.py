"""Seals again and again, in every worker: what is committed is sealed within seconds.

Workers do not divide the work: of one storefront the quickest seals, and the others find nothing new. A batch is one
transaction, so that a worker that dies in between leaves the trail as it was, and somebody else goes on.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.outage import is_database_away
from tidings.kit.withhold import Constant
from tidings.records.heads import SignedHead
from tidings.records.seal import BATCH, Sealed, seal_batch, storefronts_with_news
from tidings.records.signing import Signer

log = structlog.get_logger(__name__)

# Sealing lags behind the commit by five seconds at most, whatever the sweep is set to.
LONGEST_PAUSE: Final = timedelta(seconds=2)
_REMIND_EVERY: Final = timedelta(minutes=1)

Publish = Callable[[SignedHead], None]


def to_nobody(_: SignedHead) -> None:
    """Heads are read over the API alone."""


async def run_sealer(
    begin: Begin, clock: Clock, signer: Signer | None, *, every: timedelta, publish: Publish = to_nobody
) -> None:
    """Seal what is new, until cancelled, which may happen at any moment without harm."""
    while signer is None:
        log.error("seal.no_key", hint=Constant("set TIDINGS_RECORDS_KEYS: `tidings records key` makes one"))
        await asyncio.sleep(_REMIND_EVERY.total_seconds())
    while True:
        await seal_all(begin, clock, signer, publish=publish)
        await asyncio.sleep(min(every, LONGEST_PAUSE).total_seconds())


async def seal_all(
    begin: Begin, clock: Clock, signer: Signer, *, publish: Publish = to_nobody, batch: int = BATCH
) -> int:
    """Seal until nothing is new, storefronts by turns; says how many records were sealed."""
    count = 0
    left = await storefronts_with_news(begin)
    while left:
        more = []
        for storefront_id in left:
            sealed = await _sealed(begin, clock, signer, storefront_id, batch)
            count += sealed.records
            if sealed.head is not None:
                publish(sealed.head)
            if sealed.is_more:
                more.append(storefront_id)
            # Making a batch takes the loop for milliseconds.
            await asyncio.sleep(0)
        left = more
    return count


async def _sealed(begin: Begin, clock: Clock, signer: Signer, storefront_id: UUID, batch: int) -> Sealed:
    """One batch; whatever is wrong with one storefront's seals, the others' go on."""
    try:
        return await seal_batch(begin, storefront_id, signer, now=clock.now(), most=batch)
    except Exception as error:
        if is_database_away(error):
            raise
        log.exception("seal.failed", storefront=wire("stf", storefront_id), error=type(error).__name__)
        return Sealed(0, None, is_more=False)
