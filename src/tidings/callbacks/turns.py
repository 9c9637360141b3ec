"""Which callbacks may be applied together, so that many at once leave what each by itself would have left. Pure."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from tidings.callbacks.incoming import EventKey, Incoming
from tidings.delivery.receive import AttemptRef
from tidings.delivery.suppress import Address, canonical


def turns(callbacks: Iterable[Sequence[Incoming]], about: Mapping[EventKey, AttemptRef]) -> Iterator[list[Incoming]]:
    """The events, in turns: what is about the same message or address as an earlier callback waits for the next one.

    Args:
        callbacks: the events of each, in the order in which they came.
        about: the attempts that events are about.
    """
    left = [callback for callback in callbacks if callback]
    while left:
        seen: set[Hashable] = set()
        turn: list[Incoming] = []
        later: list[Sequence[Incoming]] = []
        for callback in left:
            subjects = {subject for one in callback for subject in _subjects(one, about)}
            if seen.isdisjoint(subjects):
                turn += callback
            else:
                later.append(callback)
            # Whoever waits is not overtaken by a third.
            seen |= subjects
        yield turn
        left = later


def _subjects(one: Incoming, about: Mapping[EventKey, AttemptRef]) -> Iterator[Hashable]:
    attempt = about.get(one.key)
    if attempt is not None:
        yield attempt[:3]
    if one.event.address:
        origin = one.origin
        yield Address(origin.storefront_id, origin.mode, origin.channel, canonical(origin.channel, one.event.address))
