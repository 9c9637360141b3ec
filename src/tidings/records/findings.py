"""What a verification found: each thing that is not as it was sealed, and where. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from tidings.kit.ids import wire
from tidings.records.heads import SignedHead

FindingKind = Literal[
    "record_changed",  # a row is not what was sealed
    "record_removed",  # a sealed row is gone, and was not pruned
    "record_inserted",  # a row stands among the sealed ones and is none of them
    "seal_changed",  # a seal is not what it was, its record is
    "seal_removed",
    "seal_inserted",  # beyond what the heads know of
    "number_changed",  # an order's numbers do not go from 1 on without gaps
    "tile_changed",  # a node that is kept for proofs is not what its leaves make
    "head_changed",  # a head is not signed, or not chained to the one before
    "head_removed",
    "root_differs",  # the records do not make the tree that was signed, and no record could be blamed
    "log_changed",  # the sealer's own note of how far it is
    "head_ahead",  # the held head knows of records that this database has not: it is older
    "head_differs",  # the held head is none of this database's
    "head_unsigned",  # the held head's own signature does not hold
]

# All are counted; so many are told.
MOST_TOLD: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it was sealed."""

    kind: FindingKind
    detail: str
    record_id: UUID | None = None
    order_id: UUID | None = None
    number: int | None = None
    record_kind: str | None = None
    # The positions in the tree that it is about, the first and the last.
    first: int | None = None
    last: int | None = None
    # The head that it is about.
    sequence: int | None = None

    def told(self, storefront_id: UUID) -> dict[str, Any]:
        """As JSON has it."""
        order_id = None if self.order_id in {None, storefront_id} else self.order_id
        return {
            "kind": self.kind,
            "detail": self.detail,
            "record_id": None if self.record_id is None else wire("rec", self.record_id),
            "order_id": None if order_id is None else wire("ord", order_id),
            "number": self.number,
            "record_kind": self.record_kind,
            "first_position": self.first,
            "last_position": self.last,
            "head": self.sequence,
        }


@dataclass(slots=True)
class Findings:
    """All of them, the first ones in full."""

    told: list[Finding] = field(default_factory=list)
    counts: Counter[FindingKind] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """One more."""
        self.counts[finding.kind] += 1
        if len(self.told) < MOST_TOLD:
            self.told.append(finding)

    def __bool__(self) -> bool:
        return bool(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification came to."""

    storefront_id: UUID
    at: datetime
    # So many records are sealed, of which so many have been pruned; so many wait to be sealed.
    size: int
    pruned: int
    unsealed: int
    head: SignedHead | None
    findings: tuple[Finding, ...]
    counts: Mapping[FindingKind, int]
    # Nothing is wrong with these, but whoever verifies should know.
    notes: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Nothing was changed, removed, reordered or inserted."""
        return not self.counts
