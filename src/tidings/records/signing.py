"""Ed25519 keys that sign heads: the first one given signs, the others endorse it as their successor. Pure."""

import base64
import binascii
import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tidings.kit.ids import wire
from tidings.records.canon import canonical_json

SEED_BYTES: Final = 32
_KEY_CONTEXT: Final = b"tidings record key v1\n"


class SigningKey:
    """One key pair."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()
        self.id = key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        """The signature under these bytes."""
        return self._private.sign(message)


class Signer:
    """The keys of this deployment."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys, the one that signs first.

        Raises:
            ValueError: one of them is no key of `tidings records key`, or there is none.
        """
        made = [SigningKey(_seed(key)) for key in keys]
        if not made:
            message = "there is no signing key"
            raise ValueError(message)
        self.key = made[0]
        self._known = {key.id: key for key in made}

    def endorsement(self, storefront_id: UUID, replaces: str | None) -> bytes | None:
        """The signature of the key before under the change to ours; None when that key is lost, or there was none."""
        before = self._known.get(replaces) if replaces is not None else None
        return None if before is None else before.sign(_change(storefront_id, before.id, self.key.public))


def is_endorsed(storefront_id: UUID, before: bytes, public: bytes, endorsement: bytes) -> bool:
    """Whether the key before has signed that this one takes its place."""
    return is_signed_by(before, endorsement, _change(storefront_id, key_id_of(before), public))


def _change(storefront_id: UUID, before: str, public: bytes) -> bytes:
    told = {"log": wire("stf", storefront_id), "public_key": public.hex(), "replaces": before}
    return _KEY_CONTEXT + canonical_json(told)


def is_signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this is the key's signature under these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id_of(public: bytes) -> str:
    """What a key is called: half of its digest."""
    return sha256(public).hexdigest()[:32]


def new_signing_key() -> str:
    """A key for TIDINGS_RECORDS_KEYS."""
    return base64.urlsafe_b64encode(os.urandom(SEED_BYTES)).decode()


def _seed(key: str) -> bytes:
    try:
        seed = base64.urlsafe_b64decode(key)
    except (ValueError, binascii.Error):
        seed = b""
    if len(seed) != SEED_BYTES:
        message = "a signing key is 32 bytes in URL-safe base64: `tidings records key` makes one"
        raise ValueError(message)
    return seed
