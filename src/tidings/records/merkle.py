"""The Merkle tree of RFC 6962 and RFC 9162 over SHA-256. Pure.

A leaf hashes to SHA-256(0x00 ‖ leaf), a node to SHA-256(0x01 ‖ left ‖ right), so that none can pass for the other.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

HASH_BYTES: Final = 32
# Nodes of every so many levels are kept: the root of 256 leaves, the root of 256 such roots …
TILE_LEVELS: Final = 8
EMPTY_ROOT: Final = sha256(b"").digest()


class Node(NamedTuple):
    """A whole subtree: of 2^level leaves, the place-th of its level."""

    level: int
    place: int


# Leaves from the first to before the second.
Range = tuple[int, int]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """A tree that grows at its right end: the roots of its whole parts are all that is needed for that."""

    size: int = 0
    # The largest, and leftmost, first.
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, size: int, packed: bytes) -> "Frontier":
        """The tree of this size with these peaks, as `packed` gave them.

        Raises:
            ValueError: a tree of this size has other peaks.
        """
        if len(packed) != size.bit_count() * HASH_BYTES:
            message = f"a tree of {size} leaves has {size.bit_count()} peaks"
            raise ValueError(message)
        return cls(size, [packed[n : n + HASH_BYTES] for n in range(0, len(packed), HASH_BYTES)])

    def packed(self) -> bytes:
        """Its peaks, one after the other."""
        return b"".join(self.peaks)

    def push(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add a leaf's hash; tells the nodes that are to be kept and are whole now."""
        node, level, place, kept = leaf, 0, self.size, []
        while place & 1:
            node = node_hash(self.peaks.pop(), node)
            level, place = level + 1, place >> 1
            if level % TILE_LEVELS == 0:
                kept.append((Node(level, place), node))
        self.peaks.append(node)
        self.size += 1
        return kept

    def root(self) -> bytes:
        """The root of the whole tree."""
        return folded(self.peaks) if self.peaks else EMPTY_ROOT


def folded(parts: Sequence[bytes]) -> bytes:
    """The root over whole subtrees that stand side by side, the largest first."""
    root = parts[-1]
    for part in reversed(parts[:-1]):
        root = node_hash(part, root)
    return root


def siblings(position: int, size: int) -> list[Range]:
    """Whose roots prove that this leaf is in a tree of this size, from the leaf upwards (RFC 9162, 2.1.3.1)."""
    first, last, path = 0, size, []
    while last - first > 1:
        middle = first + _left_of(last - first)
        if position < middle:
            path.append((middle, last))
            last = middle
        else:
            path.append((first, middle))
            first = middle
    return path[::-1]


def bridges(small: int, large: int) -> list[Range]:
    """Whose roots prove that the tree of one size is the beginning of another (RFC 9162, 2.1.4.1)."""
    first, last, path, is_beginning = 0, large, [], True
    while last != small:
        middle = first + _left_of(last - first)
        if small <= middle:
            path.append((middle, last))
            last = middle
        else:
            path.append((first, middle))
            first, is_beginning = middle, False
    return ([] if is_beginning else [(first, last)]) + path[::-1]


def _left_of(size: int) -> int:
    """How many leaves the left half has: the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def whole_parts(stretch: Range) -> Iterator[Node]:
    """The whole subtrees that a range of a proof consists of, the largest first."""
    first, last = stretch
    while first < last:
        level = (last - first).bit_length() - 1
        yield Node(level, first >> level)
        first += 1 << level


def kept_below(node: Node) -> tuple[int, int, int]:
    """The kept nodes that a subtree is made of: their level, the first, the last."""
    level = node.level - node.level % TILE_LEVELS
    many = 1 << (node.level - level)
    return level, node.place * many, (node.place + 1) * many - 1


def root_of(stretch: Range, kept: Callable[[Node], bytes]) -> bytes:
    """The root of a range, out of kept nodes."""
    return folded([_made(node, kept) for node in whole_parts(stretch)])


def _made(node: Node, kept: Callable[[Node], bytes]) -> bytes:
    level, first, last = kept_below(node)
    row = [kept(Node(level, place)) for place in range(first, last + 1)]
    while len(row) > 1:
        row = [node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
    return row[0]


def proves_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether this path leads from this leaf to this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    place, last, node = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


class TreeHead(NamedTuple):
    """A tree's size and root."""

    size: int
    root: bytes


def proves_consistency(small: TreeHead, large: TreeHead, path: Sequence[bytes]) -> bool:
    """Whether this path proves that the small tree is the beginning of the large one (RFC 9162, 2.1.4.2)."""
    if small.size == large.size or small.size == 0:
        return not path and small.size <= large.size and (small.size == 0 or small.root == large.root)
    if small.size > large.size or not path:
        return False
    steps = [small.root, *path] if small.size & (small.size - 1) == 0 else list(path)
    place, last = small.size - 1, large.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == small.root and new == large.root
