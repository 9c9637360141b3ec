"""Links a record to what is personal without holding it: a digest, whose salt lies beside the personal data. Pure.

Whoever has the data and its salt can prove that the record is about just that. When both are erased, the digest tells
nobody anything: without the salt, not even a guess can be tried.
"""

import os
from hashlib import sha256
from typing import Final, NamedTuple

SALT_BYTES: Final = 16


class Salted(NamedTuple):
    """A salt, to be kept with the data, and the digest, for the record."""

    salt: bytes
    digest: str


def new_salt() -> bytes:
    """A salt."""
    return os.urandom(SALT_BYTES)


def salted(*parts: str | None) -> Salted:
    """A new salt, and the digest of it and these parts."""
    salt = new_salt()
    return Salted(salt, digest_of(salt, *parts))


def digest_of(salt: bytes, *parts: str | None) -> str:
    """SHA-256 over the salt and the parts, each with its length before it; what is not there differs from nothing."""
    made = sha256(salt)
    for part in parts:
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        made.update(b"\xff" * 8 if part is None else len(data).to_bytes(8, "big"))
        made.update(data)
    return made.hexdigest()
