"""What is wrong with a shop's own wording: where, as a pointer into it, and what."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One thing that is wrong, or worth a thought."""

    pointer: str
    detail: str


def told_once(flaws: Iterable[Flaw], most: int = 100) -> list[Flaw]:
    """Each of them once, in the order in which they were found, and no more than somebody would read."""
    return list(dict.fromkeys(flaws))[:most]
