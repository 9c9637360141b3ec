"""Secrets of others that must be used again (a provider's token): encrypted, with keys that can be changed."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from tidings.kit.problem import Problem

# What every Fernet token starts with (its version byte, in base64); no JSON text does.
TOKEN_START: Final = b"gAAAAA"


class VaultClosed(Problem):
    """Secrets cannot be sealed or opened: whoever runs tidings must mend TIDINGS_SECRETS_KEYS, which lacks the key."""

    status = 503
    slug = "vault-closed"
    title = "Vault closed"


class Vault:
    """Seals with the first key, opens with any: a new key is put first, and all resealed. For links see signed.py."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys.

        Raises:
            ValueError: one of them is no Fernet key.
        """
        self._fernet = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def seal(self, plain: bytes) -> bytes:
        """Encrypt.

        Raises:
            VaultClosed: there is no key.
        """
        return self._open_vault().encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt.

        Raises:
            VaultClosed: no key fits.
        """
        try:
            return self._open_vault().decrypt(sealed)
        except InvalidToken as wrong:
            raise VaultClosed from wrong

    def reseal(self, sealed: bytes) -> bytes:
        """The same secret under the first key.

        Raises:
            VaultClosed: no key fits.
        """
        try:
            return self._open_vault().rotate(sealed)
        except InvalidToken as wrong:
            raise VaultClosed from wrong

    def seal_all(self, secrets: Mapping[str, str]) -> bytes:
        """Encrypt named secrets together."""
        return self.seal(json.dumps(dict(secrets), sort_keys=True).encode())

    def open_all(self, sealed: bytes) -> dict[str, str]:
        """Decrypt what `seal_all` encrypted."""
        return cast("dict[str, str]", json.loads(self.open(sealed)))

    def _open_vault(self) -> MultiFernet:
        if self._fernet is None:
            raise VaultClosed
        return self._fernet


def is_sealed(content: bytes) -> bool:
    """Whether these bytes are something sealed, rather than a JSON text."""
    return content.startswith(TOKEN_START)


def new_vault_key() -> str:
    """A key for a vault, as TIDINGS_SECRETS_KEYS takes it."""
    return Fernet.generate_key().decode()
