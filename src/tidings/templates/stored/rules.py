"""Who may approve whose words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, and by whose key: without a person named, both are the same."""

    actor: str
    principal: str

    @property
    def is_named(self) -> bool:
        """Whether a person stands behind the key."""
        return self.actor != self.principal


def may_be_same(one: Hand, other: Hand) -> bool:
    """Whether two hands are, or may be, one person's: one that is not named may be anybody behind its principal.

    A principal may have several keys; which of them is used makes nobody somebody else.
    """
    if one.actor == other.actor:
        return True
    return one.principal == other.principal and not (one.is_named and other.is_named)


def may_be_author(hand: Hand, authors: Iterable[Hand]) -> bool:
    """Whether a hand has, or may have, written a part of it."""
    return any(may_be_same(hand, author) for author in authors)
