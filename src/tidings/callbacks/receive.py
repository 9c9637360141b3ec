"""Takes in what providers say: kept first, then applied, in one transaction; many events at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tidings.callbacks.apply import apply
from tidings.callbacks.incoming import Incoming
from tidings.callbacks.match import matches
from tidings.callbacks.store import store
from tidings.kit.db import Tx

# At once: what a statement takes without effort.
_BATCH: Final = 500


async def receive(tx: Tx, these: Sequence[Incoming], *, now: datetime) -> list[Incoming]:
    """Keep these events, and let follow from them what can; what was told before changes nothing.

    Returns:
        The events that were news.
    """
    news: list[Incoming] = []
    for start in range(0, len(these), _BATCH):
        news += await _receive(tx, these[start : start + _BATCH], now)
    return news


async def _receive(tx: Tx, these: Sequence[Incoming], now: datetime) -> list[Incoming]:
    found = await matches(tx, these)
    unmatched = {one.key for one in these if one.event.kind == "receipt" and one.key not in found}
    news = await store(tx, these, unmatched=unmatched, now=now)
    await apply(tx, news, found, now=now)
    return news
