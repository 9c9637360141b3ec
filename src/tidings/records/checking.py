"""Goes over the seals in the order of the tree, with their records, and says what is not as it was sealed. Pure.

What is computed from a record's row is compared with three witnesses: its leaf, the mark beside the head that sealed
it, and the head's root. So a record is blamed by itself even if its leaf was rewritten with it, and one that is blamed
does not make all that stand behind it look wrong: the tree goes on with the leaf that the mark knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from tidings.records.canon import canonical
from tidings.records.findings import Finding, FindingKind, Findings
from tidings.records.heads import MARK_BYTES, Head, SignedHead
from tidings.records.merkle import Frontier, Node, leaf_hash

_CHANGED: Final = "Its row, or its number, is not what was sealed."
_REWRITTEN: Final = "Its row was rewritten together with its leaf; the head that sealed it knows another."


@dataclass(slots=True)
class Checking:
    """One storefront's tree, as far as it has been gone over."""

    storefront_id: UUID
    # Stretches of positions whose records were pruned, sorted.
    pruned_spans: Sequence[tuple[int, int]]
    # Heads that somebody outside holds, by their size.
    held: Mapping[int, Head]
    findings: Findings
    frontier: Frontier = field(default_factory=Frontier)
    tiles: dict[Node, bytes] = field(default_factory=dict)
    pruned: int = 0
    present: int = 0
    # The transaction and id of the last record that is there as it was sealed.
    last: tuple[str, UUID] = ("0", UUID(int=0))
    # False from the first leaf on that nobody knows any more: roots cannot be computed behind it.
    is_known: bool = True
    _span: int = 0
    # As far as the last root that was right.
    _good: int = 0
    _marks: bytes = b""
    _marks_from: int = 0

    def witness(self, marks: bytes, size: int) -> None:
        """The marks of the head of this size, which sealed the last records before it; none if there are none."""
        self._marks, self._marks_from = marks, size - len(marks) // MARK_BYTES

    def take(self, row: Mapping[str, Any]) -> None:
        """The next seal, with its record's columns (null when there is none)."""
        if row["position"] > self.frontier.size:
            self._gap(row["position"])
        leaf = self._leaf(row)
        self._push(leaf if leaf is not None else row["leaf"], is_known=leaf is not None)

    def end_at(self, size: int) -> None:
        """There is no seal any more, but there were so many."""
        if size > self.frontier.size:
            self._gap(size)

    def close(self, signed: SignedHead) -> None:
        """Everything under this head has been taken: its root must be the tree's."""
        self._compare(signed.head, "The records do not make the root that this head signs.")

    def _leaf(self, row: Mapping[str, Any]) -> bytes | None:
        """The leaf as it was sealed; None when nobody knows it any more."""
        kept: bytes = row["leaf"]
        mark = self._mark()
        if row["id"] is None:
            return self._without_record(row, kept, mark)
        self.present += 1
        made = leaf_hash(canonical(row, self.storefront_id, row["number"]))
        if made == kept and _fits(made, mark):
            self.last = (row["xid"], row["id"])
            return made
        if made == kept:
            self._blame(row, "record_changed", _REWRITTEN)
            return None
        if mark is not None and _fits(made, mark):
            self._blame(row, "seal_changed", "Its leaf is not its record's.")
            return made
        self._blame(row, "record_changed", _CHANGED)
        return kept if _fits(kept, mark) else None

    def _without_record(self, row: Mapping[str, Any], kept: bytes, mark: bytes | None) -> bytes | None:
        if self._is_pruned():
            self.pruned += 1
        else:
            self._blame(row, "record_removed", "It was sealed, was not pruned, and is not there.")
        if _fits(kept, mark):
            return kept
        self._blame(row, "seal_changed", "Its leaf is not the one that was sealed, and its record is not there.")
        return None

    def _mark(self) -> bytes | None:
        start = (self.frontier.size - self._marks_from) * MARK_BYTES
        return (self._marks[start : start + MARK_BYTES] or None) if start >= 0 else None

    def _is_pruned(self) -> bool:
        position = self.frontier.size
        while self._span < len(self.pruned_spans) and self.pruned_spans[self._span][1] < position:
            self._span += 1
        return self._span < len(self.pruned_spans) and self.pruned_spans[self._span][0] <= position

    def _gap(self, until: int) -> None:
        first = self.frontier.size
        detail = "Here seals are missing; the records that they sealed are told as inserted, or are gone."
        self.findings.add(Finding(kind="seal_removed", detail=detail, first=first, last=until - 1))
        while self.frontier.size < until:
            self._push(bytes(32), is_known=False)

    def _push(self, leaf: bytes, *, is_known: bool) -> None:
        self.is_known = self.is_known and is_known
        self.tiles.update(self.frontier.push(leaf))
        held = self.held.get(self.frontier.size)
        if held is not None:
            self._compare(held, "The records do not make the root of the head that you hold.")

    def _compare(self, head: Head, detail: str) -> None:
        if not self.is_known:
            # Told already, at the record that is to blame.
            return
        size = self.frontier.size
        if size == head.size and self.frontier.root() == head.root:
            self._good = size
            return
        last = max(head.size, size, self._good + 1) - 1
        where = Finding(kind="root_differs", detail=detail, first=self._good, last=last, sequence=head.sequence)
        self.findings.add(where)
        # Behind it every root would differ.
        self.is_known = False

    def _blame(self, row: Mapping[str, Any], kind: FindingKind, detail: str) -> None:
        position = self.frontier.size
        self.findings.add(
            Finding(
                kind=kind,
                detail=detail,
                record_id=row["record_id"],
                order_id=row["sealed_order_id"],
                number=row["number"],
                record_kind=row["kind"],
                first=position,
                last=position,
            )
        )


def _fits(leaf: bytes, mark: bytes | None) -> bool:
    """Whether this may be the leaf that was sealed, for all that the mark knows."""
    return mark is None or leaf[:MARK_BYTES] == mark
