"""The auditor's script agrees with us, has one page, and needs nothing of ours."""

import ast
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.unit.records.test_heads import made
from tests.unit.records.test_merkle import LEAVES, grown, naive_root
from tidings.records import check_record
from tidings.records.check_record import checked_head, is_continued, roots
from tidings.records.heads import Head, SignedHead
from tidings.records.merkle import bridges, leaf_hash, root_of, siblings
from tidings.records.signing import SigningKey

KEY = SigningKey(bytes(range(32)))
SCRIPT = Path(check_record.__file__)


def signed(size: int, root: bytes) -> SignedHead:
    was = made().head
    head = Head(
        storefront_id=was.storefront_id, sequence=size, size=size, root=root, previous=was.previous, marks=was.marks,
        sealed_at=was.sealed_at, key_id=KEY.id,
    )  # fmt: skip
    return SignedHead(head, KEY.sign(head.signed_bytes()), KEY.public)


def test_it_has_one_page_and_imports_nothing_but_python_and_what_it_declares() -> None:
    text = SCRIPT.read_text("utf-8")
    assert text.count("\n") <= 70
    assert max(map(len, text.splitlines())) <= 120
    imported = set()
    for found in ast.walk(ast.parse(text)):
        if isinstance(found, ast.Import):
            imported |= {name.name for name in found.names}
        elif isinstance(found, ast.ImportFrom):
            imported.add(f"{found.module}".partition(".")[0])
    # PEP 723: what `uv run` and `pipx run` install for it.
    block = text.split("# /// script\n")[1].split("# ///\n")[0]
    declared = tomllib.loads(block.replace("# ", ""))["dependencies"]
    assert imported - set(sys.stdlib_module_names) == set(declared) == {"cryptography"}


def test_only_the_keys_own_signature_holds() -> None:
    head = signed(5, LEAVES[0])
    told = head.told()
    assert checked_head(told, None) == checked_head(told, KEY.public.hex()) == (5, LEAVES[0])
    good, other = head.signature, SigningKey(bytes([7]) * 32)
    for bad in (
        {"signature": (good[:63] + bytes([good[63] ^ 1])).hex()},
        {"signature": (bytes([good[0] ^ 1]) + good[1:]).hex()},
        {"signature": good[:63].hex()},
        {"signature": other.sign(head.head.signed_bytes()).hex()},
        {"public_key": other.public.hex()},
        {"public_key": other.public.hex()[:62]},
        {"head": told["head"] | {"size": 6}},
        {"head": told["head"] | {"log": "stf_é"}},
    ):
        with pytest.raises(SystemExit, match="the head's signature does not hold"):
            checked_head(told | bad, None)
    with pytest.raises(SystemExit, match=f"is signed by {KEY.public.hex()}, not by {other.public.hex()}"):
        checked_head(told, other.public.hex())


def is_included(leaf: bytes, place: int, size: int, path: list[bytes], root: bytes) -> bool:
    return roots(leaf, place, size, path)[1:] == (root,)


@pytest.mark.parametrize("size", range(1, 71))
def test_proofs_of_every_size_are_checked(size: int) -> None:
    frontier, kept = grown(size)
    root = frontier.root()
    for position in range(size):
        path = [root_of(each, kept.__getitem__) for each in siblings(position, size)]
        assert is_included(LEAVES[position], position, size, path, root)
        assert not is_included(LEAVES[position + 1], position, size, path, root)
        assert not is_included(LEAVES[position], position, size, [*path, root], root)
        for place, wrong in ((-1, size), (size, size), (position, 0), (position, -size)):
            assert not roots(LEAVES[position], place, wrong, path)
        small = (position + 1, naive_root(LEAVES[: position + 1]))
        bridge = [root_of(each, kept.__getitem__) for each in bridges(position + 1, size)]
        assert is_continued(small, (size, root), bridge)
        assert not is_continued((small[0], LEAVES[-1]), (size, root), bridge)
        assert not is_continued(small, (size, LEAVES[-1]), bridge)
        assert not is_continued(small, (size, root), [*bridge, root])
        assert not is_continued((0, LEAVES[-1]), (size, root), bridge)
        assert position + 1 == size or not is_continued((size, root), small, bridge)


def run(tmp_path: Path, proof: dict[str, Any], *more: str, python: str = "-I") -> subprocess.CompletedProcess[str]:
    """Run a copy, away from our package and from everything that stands beside it."""
    script, file = tmp_path / "check_record.py", tmp_path / "proof.json"
    shutil.copy(SCRIPT, script)
    file.write_text(json.dumps(proof))
    return subprocess.run(
        [sys.executable, python, script.name, file.name, *more],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip


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
    # What is shorter than a hash could be half of one, and stand for another.
    done = run(tmp_path, proof | {"path": [step[:62] for step in path]})
    assert (done.returncode, "does not continue" in done.stderr) == (1, True)


def test_without_the_package_it_says_how_to_get_it(tmp_path: Path) -> None:
    # -S: nothing that was installed can be imported.
    done = run(tmp_path, {}, python="-IS")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "pip install cryptography" in done.stderr


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "no JSON",
        "[]",
        "{}",
        '{"type": "urn:tidings:problem:not-found", "status": 404}',
        '{"path": ["zz"]}',
        '{"path": [7]}',
        '{"path": ["-1"]}',
        '{"path": ["%s"]}' % ("f" * 66),
        '{"path": [], "signed_head": null}',
        '{"path": [], "first": {}, "second": {}}',
    ],
)
def test_what_is_no_proof_is_said_to_be_none_in_one_line(tmp_path: Path, given: str | None) -> None:
    file = tmp_path / "proof.json"
    if given is not None:
        file.write_text(given)
    command = [sys.executable, "-I", str(SCRIPT), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert done.stderr.startswith("NOT PROVED: no proof could be read (")


def test_without_a_file_it_says_what_to_give() -> None:
    done = subprocess.run([sys.executable, "-I", str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), "Give its file" in done.stderr) == (1, 1, True)
