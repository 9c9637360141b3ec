"""Which callbacks may be applied together, so that many at once leave what each by itself would have left. Pure."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
        turn = _Turn()
        left = [callback for callback in left if not turn.takes(callback, set(_subjects_of(callback, about)))]
        yield turn.events


@dataclass(slots=True)
class _Turn:
    """One turn, while it fills: whoever waits is not overtaken by a third."""

    events: list[Incoming] = field(default_factory=list)
    _subjects: set[Hashable] = field(default_factory=set)
    _places: set[Hashable] = field(default_factory=set)
    _barred: set[Hashable] = field(default_factory=set)

    def takes(self, callback: Sequence[Incoming], subjects: set[Hashable]) -> bool:
        places = {(one.origin.storefront_id, one.origin.mode, one.origin.channel) for one in callback}
        # A lifted suppression is about an address, a bounce names only its attempt: none overtakes the other.
        lifts = any(one.event.kind == "opt_in" for one in callback)
        waits = not (self._subjects | self._barred).isdisjoint(subjects | places)
        waits = waits or (lifts and not self._places.isdisjoint(places))
        self._subjects |= subjects
        self._places |= places
        if lifts:
            self._barred |= places
        if not waits:
            self.events += callback
        return not waits


def _subjects_of(callback: Sequence[Incoming], about: Mapping[EventKey, AttemptRef]) -> Iterator[Hashable]:
    for one in callback:
        yield from _subjects(one, about)


def _subjects(one: Incoming, about: Mapping[EventKey, AttemptRef]) -> Iterator[Hashable]:
    attempt = about.get(one.key)
    if attempt is not None:
        yield attempt[:3]
    if one.event.address:
        origin = one.origin
        yield Address(origin.storefront_id, origin.mode, origin.channel, canonical(origin.channel, one.event.address))
