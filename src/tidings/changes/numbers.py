"""Which line of a changed order is which: parcels know lines by their numbers, and must find them again. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from tidings.kit.rows import Row


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the order that parcels name."""

    line: int
    sku: str
    # How many of it have left and have not come back.
    gone: int
    # Where it stands among the order's lines; not its number, once lines before it were taken off.
    place: int


def kept_numbers(wanted: Sequence[Row], known: Sequence[Known]) -> dict[int, int]:
    """Place among the wanted lines → number, of those that go on being a line that parcels name.

    A line goes on wherever its article stands now, in a number that holds what has left of it; where it stood before,
    if it can. What has left most of is hardest to hold, so it chooses first.
    """
    kept: dict[int, int] = {}
    for line in sorted(known, key=lambda one: -one.gone):
        places = [
            place
            for place, one in enumerate(wanted)
            if place not in kept and one["sku"] == line.sku and one["quantity"] >= line.gone
        ]
        if places:
            kept[line.place if line.place in places else places[0]] = line.line
    return kept


def numbered(wanted: Sequence[Row], kept: Mapping[int, int], taken: Collection[int]) -> list[Row]:
    """The wanted lines with their numbers: their own, or the lowest that no parcel has ever named."""
    free = (number for number in count(1) if number not in taken)
    return [{**line, "line": kept[place] if place in kept else next(free)} for place, line in enumerate(wanted)]
