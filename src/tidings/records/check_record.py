# /// script
# requires-python = ">=3.11"
# dependencies = ["cryptography"]
# ///
"""Checks what `GET /v1/records/{id}/proof` or `/consistency` answered: `python3 check_record.py FILE [PUBLIC KEY]`."""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit("Signatures are checked with the package `cryptography`, which is missing: pip install cryptography")


def roots(node: bytes, place: int, size: int, path: list[bytes]) -> tuple[bytes, ...]:
    """The roots (RFC 9162) of the tree that ends here, and of the whole one; nothing if the path has a wrong length."""
    inner = (place ^ (size - 1)).bit_length()  # from this level upwards, the others stand to the left
    if not 0 <= place < size or len(path) != inner + (place >> inner).bit_count():
        return ()
    old = new = node
    for level, other in enumerate(path):
        is_left = level >= inner or place >> level & 1
        old = sha256(b"\x01" + other + old).digest() if is_left else old
        new = sha256(b"\x01" + (other + new if is_left else new + other)).digest()
    return old, new


def is_continued(old: tuple[int, bytes], new: tuple[int, bytes], path: list[bytes]) -> bool:
    """Whether the path proves that the old tree (its size and root) is the beginning of the new one."""
    part = old[0] & -old[0] or 1  # the size of the old tree's last whole part; the path begins with its root
    first, *rest = [old[1], *path] if old[0] == part or not path else path
    return (old == new and not path) or roots(first, old[0] // part - 1, -(-new[0] // part), rest) == old[1:] + new[1:]


def checked_head(signed: dict[str, Any], key: str | None) -> tuple[int, bytes]:
    """The size and root that a head signs, or the end of the script."""
    head, public, signature = signed["head"], signed["public_key"], bytes.fromhex(signed["signature"])
    said = "tidings record head v1\n" + json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    key in {None, public} or sys.exit(f"NOT PROVED: the head is signed by {public}, not by {key}")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, said.encode())
    except (InvalidSignature, ValueError):
        sys.exit("NOT PROVED: the head's signature does not hold")
    print(f"head {head['sequence']} of {head['log']}: {head['size']} records at {head['at']}, signed by {public}")
    return head["size"], bytes.fromhex(head["root"])


if __name__ == "__main__":
    try:
        proof, key = json.loads(Path(sys.argv[1]).read_text("utf-8")), next(iter(sys.argv[2:]), None)
        path = [int(step, 16).to_bytes(32) for step in proof["path"]]  # 32 bytes each, or else the end
        if "signed_head" in proof:
            size, root = checked_head(proof["signed_head"], key)
            leaf, place, record = bytes.fromhex(proof["leaf"]), proof["position"], proof["record"]
            known = record is None or sha256(b"\x00" + record.encode()).digest() == leaf
            known or sys.exit("NOT PROVED: the record is not the one that was sealed")
            roots(leaf, place, size, path)[1:] == (root,) or sys.exit("NOT PROVED: the record is not under this head")
            print("(the record itself was pruned: hash your copy of it)" if record is None else record)
            print("PROVED: this record is under the head, as it was sealed")
        elif is_continued(checked_head(proof["first"], key), checked_head(proof["second"], key), path):
            print("PROVED: nothing under the first head was touched until the second was signed")
        else:
            sys.exit("NOT PROVED: the second head does not continue the first")
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as wrong:
        sys.exit(f"NOT PROVED: no proof could be read ({wrong!r}). Give its file, and the key that you were told")
