"""The auditor's script agrees with us, and needs nothing but Python."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.records.test_heads import made
from tests.unit.records.test_merkle import LEAVES, grown, naive_root
from tidings.records import check_record
from tidings.records.check_record import is_continued, is_included, is_signed
from tidings.records.heads import Head, SignedHead
from tidings.records.merkle import bridges, leaf_hash, root_of, siblings
from tidings.records.signing import SigningKey

KEY = SigningKey(bytes(range(32)))


def signed(size: int, root: bytes) -> SignedHead:
    was = made().head
    head = Head(
        storefront_id=was.storefront_id, sequence=size, size=size, root=root, previous=was.previous, marks=was.marks,
        sealed_at=was.sealed_at, key_id=KEY.id,
    )  # fmt: skip
    return SignedHead(head, KEY.sign(head.signed_bytes()), KEY.public)


def test_signatures_are_checked_as_a_library_checks_them() -> None:
    for n in range(12):
        key, message = SigningKey(bytes([n]) * 32), bytes(range(n))
        signature = key.sign(message)
        assert is_signed(key.public, message, signature)
        assert not is_signed(key.public, message + b"x", signature)
        assert not is_signed(KEY.public, message, signature)
        assert not is_signed(key.public, message, signature[:63] + bytes([signature[63] ^ 1]))
        assert not is_signed(key.public, message, bytes([signature[0] ^ 1]) + signature[1:])
        assert not is_signed(key.public, message, signature[:63])


def test_the_published_vectors_hold() -> None:
    """RFC 8032, section 7.1, the first two."""
    first = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert is_signed(
        bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), b"", bytes.fromhex(first)
    )
    second = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert is_signed(
        bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
        b"\x72",
        bytes.fromhex(second),
    )


@pytest.mark.parametrize("size", range(1, 71))
def test_proofs_of_every_size_are_checked(size: int) -> None:
    frontier, kept = grown(size)
    root = frontier.root()
    for position in range(size):
        path = [root_of(each, kept.__getitem__) for each in siblings(position, size)]
        assert is_included(LEAVES[position], position, size, path, root)
        assert not is_included(LEAVES[position + 1], position, size, path, root)
        assert not is_included(LEAVES[position], position, size, [*path, root], root)
        small = (position + 1, naive_root(LEAVES[: position + 1]))
        bridge = [root_of(each, kept.__getitem__) for each in bridges(position + 1, size)]
        assert is_continued(small, (size, root), bridge)
        assert not is_continued((small[0], LEAVES[-1]), (size, root), bridge)
        assert not is_continued(small, (size, LEAVES[-1]), bridge)
        assert not is_continued(small, (size, root), [*bridge, root])


def run(tmp_path: Path, proof: dict[str, Any], *more: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    # -I -S: no package of ours, nor anybody else's, can be imported.
    script = Path(check_record.__file__)
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(file), *more], capture_output=True, text=True, check=False
    )


def test_it_runs_alone_and_says_what_is_proved(tmp_path: Path) -> None:
    record = '{"actor":"staff/ada"}'
    root = leaf_hash(record.encode())
    proof = {"record": record, "leaf": root.hex(), "position": 0, "path": [], "signed_head": signed(1, root).told()}
    done = run(tmp_path, proof, KEY.public.hex())
    assert (done.returncode, record in done.stdout, "PROVED: this record" in done.stdout) == (0, True, True), (
        done.stderr
    )
    for change, says in (
        ({"record": record + " "}, "not the one that was sealed"),
        ({"leaf": "00" * 32, "record": None}, "not under this head"),
        ({"signed_head": signed(1, root).told() | {"signature": "00" * 64}}, "signature does not hold"),
    ):
        done = run(tmp_path, proof | change)
        assert done.returncode == 1
        assert says in done.stderr
    assert "not by" in run(tmp_path, proof, "00" * 32).stderr


def test_it_tells_whether_one_head_continues_another(tmp_path: Path) -> None:
    (large, kept), small = grown(7), naive_root(LEAVES[:3])
    path = [root_of(each, kept.__getitem__).hex() for each in bridges(3, 7)]
    proof = {"first": signed(3, small).told(), "second": signed(7, large.root()).told(), "path": path}
    assert run(tmp_path, proof).returncode == 0
    assert run(tmp_path, proof | {"path": path[:-1]}).returncode == 1
