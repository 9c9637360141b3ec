"""Which heads can be trusted: those that are signed, chained, and in agreement with what is held outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.records.findings import Finding, Findings
from tidings.records.head_queries import PublicKey, head_of, heads_before, last_head
from tidings.records.heads import NO_HEAD, Head, SignedHead
from tidings.records.signing import is_endorsed

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the held heads say of this database's."""

    # Those that are not ahead of the database.
    within: Sequence[SignedHead] = ()
    # The newest of them.
    newest: int = 0
    # Heads from this one up to the newest are what they were when that was given out: each is named by the next.
    chained_from: int = 0
    # Keys that the holder knows by their heads, by their ids.
    publics: Mapping[str, bytes] = field(default_factory=dict)


async def judge_held(
    tx: Tx, storefront_id: UUID, held: Sequence[SignedHead], keys: Mapping[str, PublicKey], findings: Findings
) -> Agreed:
    """Compare what is held with the chain of heads."""
    within: list[SignedHead] = []
    end = await last_head(tx, storefront_id)
    last = end.head if end is not None else None
    for each in held:
        head = each.head
        if not each.holds() or head.storefront_id != storefront_id:
            detail = "The head that you hold is not signed by the key that it names, or is another storefront's."
            findings.add(Finding(kind="head_unsigned", detail=detail, sequence=head.sequence))
        elif last is None or head.size > last.size or head.sequence > last.sequence:
            findings.add(_ahead(head, last))
        else:
            within.append(each)
    if not within:
        return Agreed()
    newest = max(within, key=lambda each: each.head.sequence).head
    for each in within:
        if (key := keys.get(each.head.key_id)) is None or key.public != each.public:
            detail = "The key of the head that you hold is not known here, or is another."
            findings.add(Finding(kind="head_differs", detail=detail, sequence=each.head.sequence))
        own = await head_of(tx, storefront_id, each.head.sequence)
        if own is None or own.head.digest() != each.head.digest():
            detail = "The head that you hold is not the one of this number here: its history is another."
            findings.add(Finding(kind="head_differs", detail=detail, sequence=each.head.sequence))
    lowest = await _chained_from(tx, newest)
    return Agreed(within, newest.sequence, lowest, {each.head.key_id: each.public for each in within})


def _ahead(head: Head, last: Head | None) -> Finding:
    size = last.size if last is not None else 0
    until = f"ends with head {last.sequence}" if last is not None else "has no head"
    detail = (
        f"The head that you hold is ahead of this database, which {until}: {head.size - size} records that were sealed"
        " when it was signed are missing. Was an older backup restored?"
    )
    return Finding(kind="head_ahead", detail=detail, first=size, last=max(head.size - 1, size), sequence=head.sequence)


async def _chained_from(tx: Tx, newest: Head) -> int:
    """Down from the held head, each head must be the one that the next one names."""
    expected, lowest = newest.digest(), newest.sequence + 1
    while page := await heads_before(tx, newest.storefront_id, lowest, _PAGE):
        for signed in page:
            if signed.head.digest() != expected or signed.head.sequence != lowest - 1:
                return lowest
            expected, lowest = signed.head.previous, signed.head.sequence
    return lowest


@dataclass(slots=True)
class Judge:
    """Goes over the heads in their order."""

    keys: Mapping[str, PublicKey]
    agreed: Agreed
    findings: Findings
    # The last head that was admitted.
    last: Head | None = None
    _digest: bytes = NO_HEAD
    _sequence: int = 0
    _family: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        """Which keys hang together with those that the holder knows."""
        self._family = _linked(self.keys, frozenset(self.agreed.publics))

    def admits(self, signed: SignedHead, size: int) -> bool:
        """Whether this head may be a witness; tells what is wrong with it."""
        head = signed.head
        if head.sequence != self._sequence + 1:
            missing = f"Heads {self._sequence + 1} to {head.sequence - 1} are missing."
            self.findings.add(Finding(kind="head_removed", detail=missing, first=size, sequence=self._sequence + 1))
        elif head.previous != self._digest:
            self.blame(head, "This head does not name the one before it.")
        self._sequence, self._digest = head.sequence, head.digest()
        # Whatever was done to the keys here: the holder has theirs.
        known = self.agreed.publics.get(head.key_id, signed.public)
        fault = self._fault(replace(signed, public=known), size)
        if fault is not None:
            self.blame(head, fault)
            return False
        self.last = head
        return True

    def _fault(self, signed: SignedHead, size: int) -> str | None:
        head = signed.head
        if not signed.holds():
            return "This head's signature does not hold: it, or its key, was changed."
        if head.size <= size:
            return "This head is of a tree no larger than the one before."
        is_chained = self.agreed.chained_from <= head.sequence <= self.agreed.newest
        if head.sequence <= self.agreed.newest and not is_chained and head.key_id not in self._family:
            return "This head is signed by a key that has nothing to do with the head that you hold."
        return None

    def blame(self, head: Head, detail: str) -> None:
        """This head is not what it was."""
        first = self.last.size if self.last is not None else 0
        last = max(head.size - 1, first)
        self.findings.add(Finding(kind="head_changed", detail=detail, first=first, last=last, sequence=head.sequence))

    def blame_beyond(self, first: int, size: int) -> None:
        """Seals that no head knows of."""
        if size > first:
            detail = "These seals stand behind the last head: heads were removed, or seals inserted."
            self.findings.add(Finding(kind="seal_inserted", detail=detail, first=first, last=size - 1))


def _linked(keys: Mapping[str, PublicKey], known: frozenset[str]) -> frozenset[str]:
    """These keys, and all that endorse each other with them."""
    pairs = [(key.key_id, key.replaces) for key in keys.values() if key.replaces and key.endorsement]
    family = set(known)
    for _ in pairs:
        family |= {one for pair in pairs if family & set(pair) for one in pair}
    return frozenset(family)


def notes_on_keys(storefront_id: UUID, keys: Mapping[str, PublicKey]) -> Iterator[str]:
    """Keys that nobody vouches for but this database."""
    for key in keys.values():
        if key.replaces is None:
            continue
        before = keys.get(key.replaces)
        if before is None or key.endorsement is None:
            yield (
                f"key {key.key_id} took the place of {key.replaces} at {key.introduced_at} without its"
                " signature (it was lost): ask whoever runs tidings whether that was so"
            )
        elif not is_endorsed(storefront_id, before.public, key.public, key.endorsement):
            yield f"key {key.key_id} claims to be endorsed by {key.replaces}, and is not"
