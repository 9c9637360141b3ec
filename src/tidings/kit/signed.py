"""Links that prove themselves: a value, its end and a signature in one token; nothing of it is kept anywhere.

Whoever has the link has what it opens, until it ends: so a token is made for one purpose, and no other purpose's door
opens to it. Signed by `itsdangerous` (HMAC-SHA-256, compared in constant time) under a key that HKDF derives from each
of TIDINGS_SECRETS_KEYS: the first signs, all are believed, so keys can be changed without breaking links, as long as
the old one stays behind the new one until the last link that it signed has ended (`tidings connections reseal` says
when).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.exc import BadData

from tidings.kit.problem import Problem
from tidings.kit.vault import VaultClosed

# Seconds since 1970; enough until 2106.
_END_BYTES: Final = 4
# Longer texts are no tokens of ours: not worth a hash.
_LONGEST: Final = 1024


class LinkInvalid(Problem):
    """This link is not one of ours, or was shortened on its way: copy it whole, or ask the shop for a new one."""

    status = 404
    slug = "link-invalid"
    title = "Link invalid"


class LinkExpired(Problem):
    """This link has expired: ask the shop for a new one."""

    status = 410
    slug = "link-expired"
    title = "Link expired"


class Signed:
    """Makes and reads tokens of one purpose."""

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        """Derive the purpose's keys.

        Args:
            keys: as TIDINGS_SECRETS_KEYS has them, the newest first; without any, nothing is signed or believed.
            purpose: a word of the code's own, never one from outside: `documents`.
        """
        derived = [_derived(key, purpose) for key in keys]
        # itsdangerous signs with the last of its keys.
        self._signer = (
            Signer(derived[::-1], salt=purpose.encode(), key_derivation="hmac", digest_method=hashlib.sha256)
            if derived
            else None
        )

    @property
    def can_sign(self) -> bool:
        """Whether there is a key."""
        return self._signer is not None

    def token(self, value: bytes, *, ends_at: datetime) -> str:
        """A token for this value: letters, digits, `-`, `_` and `.` only, 48 letters longer than the value's base64.

        Args:
            value: what it stands for, such as an id's bytes. Everybody can read it.
            ends_at: from here on it is refused.

        Raises:
            VaultClosed: there is no key.
        """
        if self._signer is None:
            raise VaultClosed
        end = int(ends_at.timestamp()).to_bytes(_END_BYTES, "big")
        return self._signer.sign(base64_encode(end + value)).decode()

    def read(self, token: str, *, now: datetime) -> bytes:
        """The value that a token was made for.

        Raises:
            LinkInvalid: it was not made here, for this purpose, or not like this.
            LinkExpired: it was, and has ended.
            VaultClosed: there is no key.
        """
        if self._signer is None:
            raise VaultClosed
        if len(token) > _LONGEST or not token.isascii():
            raise LinkInvalid
        try:
            content = base64_decode(self._signer.unsign(token))
        except (BadSignature, BadData) as wrong:
            raise LinkInvalid from wrong
        end, value = content[:_END_BYTES], content[_END_BYTES:]
        if now.timestamp() >= int.from_bytes(end, "big"):
            raise LinkExpired
        return value


def _derived(key: str, purpose: str) -> bytes:
    """A key for this purpose alone: who learns it knows nothing of the others, nor of the key it comes from."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"tidings/signed/{purpose}".encode()).derive(
        key.encode()
    )
