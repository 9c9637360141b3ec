"""The tree, against one that is made in the plainest way."""

from hashlib import sha256

import pytest

from tidings.records.merkle import (
    EMPTY_ROOT,
    Frontier,
    Node,
    TreeHead,
    bridges,
    kept_below,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    root_of,
    siblings,
)

SIZES = range(1, 71)
LEAVES = [leaf_hash(str(n).encode()) for n in range(700)]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def grown(size: int) -> tuple[Frontier, dict[Node, bytes]]:
    frontier, kept = Frontier(), {Node(0, n): leaf for n, leaf in enumerate(LEAVES[:size])}
    for leaf in LEAVES[:size]:
        kept.update(frontier.push(leaf))
    return frontier, kept


def test_the_vectors_of_certificate_transparency_hold() -> None:
    """From the reference implementation: the empty tree, and eight leaves."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    frontier = Frontier()
    assert frontier.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    roots = []
    for text in inputs:
        frontier.push(leaf_hash(bytes.fromhex(text)))
        roots.append(frontier.root().hex())
    assert roots[0] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert roots[7] == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", [0, *SIZES, 255, 256, 257, 600])
def test_a_tree_that_grows_has_the_root_of_one_that_is_made_at_once(size: int) -> None:
    frontier, _ = grown(size)
    assert frontier.root() == naive_root(LEAVES[:size])
    assert Frontier.of(size, frontier.packed()) == frontier


def test_an_empty_tree_has_a_root_of_its_own() -> None:
    assert Frontier().root() == EMPTY_ROOT


def test_peaks_that_do_not_fit_the_size_are_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves has 2 peaks"):
        Frontier.of(3, bytes(32))


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_every_tree_is_proved(size: int) -> None:
    frontier, kept = grown(size)
    root = frontier.root()
    for position in range(size):
        path = [root_of(each, kept.__getitem__) for each in siblings(position, size)]
        assert len(path) <= size.bit_length()
        assert proves_inclusion(LEAVES[position], position, size, path, root)
        assert not proves_inclusion(LEAVES[position + 1], position, size, path, root)
        assert not proves_inclusion(LEAVES[position], position, size, path, node_hash(root, root))
        assert not proves_inclusion(LEAVES[position], position, size, [*path, root], root)
        if path:
            assert not proves_inclusion(LEAVES[position], position, size, path[:-1], root)
            assert not proves_inclusion(LEAVES[position], position ^ 1, size, path, root)
    assert not proves_inclusion(LEAVES[0], size, size, [], root)


@pytest.mark.parametrize("size", SIZES)
def test_every_tree_is_proved_to_be_the_beginning_of_this_one(size: int) -> None:
    frontier, kept = grown(size)
    large = TreeHead(size, frontier.root())
    for beginning in range(1, size + 1):
        small = TreeHead(beginning, naive_root(LEAVES[:beginning]))
        path = [root_of(each, kept.__getitem__) for each in bridges(beginning, size)]
        assert proves_consistency(small, large, path)
        assert not proves_consistency(TreeHead(beginning, LEAVES[-1]), large, path)
        assert not proves_consistency(small, TreeHead(size, LEAVES[-1]), path)
        if beginning < size:
            assert not proves_consistency(large, small, path)
            assert not proves_consistency(small, large, path[:-1])
            assert not proves_consistency(small, large, [*path, LEAVES[0]])
    assert proves_consistency(TreeHead(0, EMPTY_ROOT), large, [])


@pytest.mark.parametrize("size", [256, 257, 511, 512, 513, 700])
def test_proofs_of_large_trees_read_leaves_of_one_stretch_and_kept_nodes(size: int) -> None:
    frontier, kept = grown(size)
    for position in (0, 1, 255, 256, size - 1):
        if position >= size:
            continue
        path = [root_of(each, kept.__getitem__) for each in siblings(position, size)]
        assert proves_inclusion(LEAVES[position], position, size, path, frontier.root())


def test_a_subtree_is_made_of_the_kept_nodes_below_it() -> None:
    assert kept_below(Node(0, 5)) == (0, 5, 5)
    assert kept_below(Node(3, 2)) == (0, 16, 23)
    assert kept_below(Node(8, 4)) == (8, 4, 4)
    assert kept_below(Node(10, 1)) == (8, 4, 7)
