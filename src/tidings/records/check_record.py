"""Checks what tidings proves of its audit trail, with nothing but Python: `python3 check_record.py FILE [PUBLIC KEY]`.

FILE is what `GET /v1/records/{id}/proof` answered (one record is under a signed head) or what
`GET /v1/records/consistency` did (nothing under the first head was touched until the second was signed). Give the
public key that you were told, or else compare the one that is printed. This file needs no other, and can be read in
one go: Merkle trees as in RFC 9162, Ed25519 as in RFC 8032, canonical JSON as in RFC 8785.
"""

import json
import sys
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

# Ed25519: the field, the curve's constant, the base point's order.
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Q = 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int, int, int]


def add(a: Point, b: Point) -> Point:
    """The sum of two points, in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def times(factor: int, point: Point) -> Point:
    """A point, so many times."""
    found: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = add(found, point)
        point, factor = add(point, point), factor >> 1
    return found


def point_of(packed: bytes) -> Point:
    """The point that these 32 bytes stand for."""
    number = int.from_bytes(packed, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or y >= P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of(bytes.fromhex("58" + "66" * 31))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the key's Ed25519 signature under the message."""
    try:
        key, nonce, factor = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    except ValueError:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = times(factor, BASE), add(nonce, times(challenge, key))
    same = (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0
    return len(public) == 32 and len(signature) == 64 and factor < Q and same  # noqa: PLR2004 - the format's sizes


def node(left: bytes, right: bytes) -> bytes:
    """The hash of a node of the tree."""
    return sha256(b"\x01" + left + right).digest()


def walked(place: int, size: int, path: list[bytes], old: bytes, new: bytes) -> tuple[bytes, bytes] | None:
    """The roots of the tree that ends here, and of the whole one of this size; None if the path does not fit."""
    last = size - 1
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node(step, old), node(step, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node(new, step)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def is_included(leaf: bytes, place: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf at this place to the root of a tree of this size."""
    roots = walked(place, size, path, leaf, leaf) if 0 <= place < size else None
    return roots is not None and roots[1] == root


def is_continued(small: tuple[int, bytes], large: tuple[int, bytes], path: list[bytes]) -> bool:
    """Whether the path proves that the small tree (its size and root) is the beginning of the large one."""
    if small == large:
        return not path
    if not 0 < small[0] < large[0] or not path:
        return False
    whole = (small[0] & -small[0]).bit_length() - 1
    first, *rest = [small[1], *path] if small[0] == 1 << whole else path
    last = (large[0] - 1) >> whole
    return walked((small[0] - 1) >> whole, last + 1, rest, first, first) == (small[1], large[1])


def checked_head(signed: dict[str, Any], key: str | None) -> tuple[int, bytes]:
    """The size and root that a head signs, or the end of the script."""
    public, head = signed["public_key"], signed["head"]
    if key is not None and public != key:
        sys.exit(f"NOT PROVED: the head is signed by {public}, not by {key}")
    canonical = json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    named = sha256(bytes.fromhex(public)).hexdigest()[:32]
    message = b"tidings record head v1\n" + canonical
    if head["key"] != named or not is_signed(bytes.fromhex(public), message, bytes.fromhex(signed["signature"])):
        sys.exit("NOT PROVED: the head's signature does not hold")
    tell(f"head {head['sequence']} of {head['log']}: {head['size']} records at {head['at']}, signed by {public}")
    return head["size"], bytes.fromhex(head["root"])


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main(name: str, key: str | None = None) -> None:
    """Check one file, and say what it proves; exit code 1 if it proves nothing."""
    proof = json.loads(Path(name).read_text("utf-8"))
    path = [bytes.fromhex(step) for step in proof["path"]]
    if "signed_head" not in proof:
        if not is_continued(checked_head(proof["first"], key), checked_head(proof["second"], key), path):
            sys.exit("NOT PROVED: the second head does not continue the first")
        tell("PROVED: nothing under the first head was touched until the second was signed")
        return
    size, root = checked_head(proof["signed_head"], key)
    leaf, record = bytes.fromhex(proof["leaf"]), proof["record"]
    if record is not None and sha256(b"\x00" + record.encode()).digest() != leaf:
        sys.exit("NOT PROVED: the record is not the one that was sealed")
    if not is_included(leaf, proof["position"], size, path, root):
        sys.exit("NOT PROVED: the record is not under this head")
    tell(record if record is not None else "(the record itself was pruned: hash your copy of it)")
    tell("PROVED: this record is under the head, as it was sealed")


if __name__ == "__main__":
    main(*sys.argv[1:])
