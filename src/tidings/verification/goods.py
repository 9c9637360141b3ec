"""What an order wants of the ledger, and what of it there is not. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

_MOST_NAMED: Final = 5


class Line(Protocol):
    """One line of an order."""

    sku: str
    quantity: int
    kind: str


class Promised(Protocol):
    """So many of an article are promised to an order."""

    quantity: int
    # Gone out with parcels.
    committed: int


@dataclass(frozen=True, slots=True)
class Lack:
    """Not enough of an article."""

    sku: str
    wanted: int
    # None: the ledger does not know it.
    there: int | None


@dataclass(frozen=True, slots=True)
class Reserved:
    """All that the ledger knows is promised."""

    untracked: Sequence[str]
    is_any: bool

    @property
    def said(self) -> str:
        """In the words of the trade."""
        if not self.untracked:
            return "reserved" if self.is_any else "nothing to reserve"
        return f"{'reserved; ' if self.is_any else ''}not tracked: {_listed(self.untracked)}"


def goods_of(lines: Iterable[Line]) -> Counter[str]:
    """How many of which article an order wants; services are done, and lie in no store."""
    wanted: Counter[str] = Counter()
    for line in lines:
        if line.kind == "product":
            wanted[line.sku] += line.quantity
    return wanted


def needs_of(lines: Iterable[Line], promised: Mapping[str, Promised]) -> dict[str, int]:
    """How many more (or less) of each article an order needs than it has, or has had."""
    return differences(goods_of(lines), {sku: row.quantity + row.committed for sku, row in promised.items()})


def differences(wanted: Mapping[str, int], promised: Mapping[str, int]) -> dict[str, int]:
    """How many more (or less) of each article are to be promised."""
    skus = sorted({*wanted, *promised})
    found = {sku: wanted.get(sku, 0) - promised.get(sku, 0) for sku in skus}
    return {sku: more for sku, more in found.items() if more}


def said_of(lacks: Sequence[Lack]) -> str:
    """What is lacking, in the words of the trade and in one line that is not too long."""
    named = [
        f"{lack.sku} ({'not in the ledger' if lack.there is None else f'{lack.wanted} wanted, {lack.there} there'})"
        for lack in lacks
    ]
    return f"not enough in stock: {_listed(named)}"


def _listed(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
