# /// script
# requires-python = ">=3.11"
# dependencies = ["cryptography"]
# ///
"""Checks what `GET /v1/records/{id}/proof` or `/consistency` answered: `python3 check_record.py FILE [PUBLIC KEY]`."""
# Give the public key that you were told, or compare the one that is printed. Trees: RFC 9162; canonical JSON: RFC 8785.

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
    """The roots of the tree that ends with this node, and of the whole one; nothing if the path has a wrong length."""
    inner = (place ^ (size - 1)).bit_length()  # from this level upwards, the others stand to the left
    if not 0 <= place < size or len(path) != inner + (place >> inner).bit_count():
        return ()
    old = new = node
    for level, other in enumerate(path):
        if level >= inner or place >> level & 1:
            old, new = sha256(b"\x01" + other + old).digest(), sha256(b"\x01" + other + new).digest()
        else:
            new = sha256(b"\x01" + new + other).digest()
    return old, new


def is_continued(small: tuple[int, bytes], large: tuple[int, bytes], path: list[bytes]) -> bool:
    """Whether the path proves that the small tree (its size and root) is the beginning of the large one."""
    part = small[0] & -small[0] or 1  # the size of the small tree's last whole part; the path begins with its root
    first, *rest = [small[1], *path] if small[0] == part or not path else path
    found = roots(first, small[0] // part - 1, -(-large[0] // part), rest)
    return found == (small[1], large[1]) or (small == large and not path)


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
    proof, key = json.loads(Path(sys.argv[1]).read_text("utf-8")), next(iter(sys.argv[2:]), None)
    path = [int(step, 16).to_bytes(32) for step in proof["path"]]  # 32 bytes each, or else the end
    if "signed_head" in proof:
        size, root = checked_head(proof["signed_head"], key)
        leaf, place, record = bytes.fromhex(proof["leaf"]), proof["position"], proof["record"]
        if record is not None and sha256(b"\x00" + record.encode()).digest() != leaf:
            sys.exit("NOT PROVED: the record is not the one that was sealed")
        roots(leaf, place, size, path)[1:] == (root,) or sys.exit("NOT PROVED: the record is not under this head")
        print(record if record is not None else "(the record itself was pruned: hash your copy of it)")
        print("PROVED: this record is under the head, as it was sealed")
    elif is_continued(checked_head(proof["first"], key), checked_head(proof["second"], key), path):
        print("PROVED: nothing under the first head was touched until the second was signed")
    else:
        sys.exit("NOT PROVED: the second head does not continue the first")
