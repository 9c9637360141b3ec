"""Takes in what providers say: kept first, then applied, in one transaction; many callbacks at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tidings.callbacks.apply import About, apply
from tidings.callbacks.conversation import last_words_to
from tidings.callbacks.incoming import Incoming
from tidings.callbacks.match import matches
from tidings.callbacks.store import store
from tidings.callbacks.turns import turns
from tidings.kit.db import Tx

# At once: what a statement takes without effort.
_MOST_EVENTS: Final = 500

_SAID: Final = frozenset({"reply", "opt_out", "opt_in"})

Callback = Sequence[Incoming]


async def receive(tx: Tx, callbacks: Sequence[Callback], *, now: datetime) -> list[Incoming]:
    """Keep the events of these callbacks, and let follow from them what can; what was told before changes nothing.

    The callbacks may come from anywhere; the outcome is that of receiving one after the other.

    Returns:
        The events that were news.
    """
    news: list[Incoming] = []
    for few in _portions(callbacks):
        news += await _receive(tx, few, now)
    return news


def _portions(callbacks: Sequence[Callback]) -> Iterator[list[Callback]]:
    """Callbacks with few enough events together; one that has too many is taken apart."""
    portion: list[Callback] = []
    for callback in callbacks:
        for start in range(0, len(callback), _MOST_EVENTS):
            part = callback[start : start + _MOST_EVENTS]
            if sum(map(len, portion)) + len(part) > _MOST_EVENTS:
                yield portion
                portion = []
            portion.append(part)
    if portion:
        yield portion


async def _receive(tx: Tx, callbacks: Sequence[Callback], now: datetime) -> list[Incoming]:
    these = [one for callback in callbacks for one in callback]
    found = await matches(tx, these)
    unmatched = {one.key for one in these if one.event.kind == "receipt" and one.key not in found}
    news = await store(tx, these, unmatched=unmatched, now=now)
    about = {**found, **await _last_words(tx, news, found)}
    fresh = set(map(id, news))
    left = [[one for one in callback if id(one) in fresh] for callback in callbacks]
    for turn in turns(left, about):
        await apply(tx, turn, about, now=now)
    return news


async def _last_words(tx: Tx, news: Sequence[Incoming], found: About) -> About:
    """STOP, and what customers write, name no attempt: they are about the last thing that was said to them."""
    said = [one for one in news if one.event.kind in _SAID and one.key not in found]
    return await last_words_to(tx, said)
