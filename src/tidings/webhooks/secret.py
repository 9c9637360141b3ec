"""What events are signed with: as Standard Webhooks has it, `whsec_` and 24 to 64 random bytes in base64."""

import base64
import binascii
import os
from datetime import datetime
from typing import Final, Protocol

from tidings.kit.vault import Vault

PREFIX: Final = "whsec_"
LEAST_BYTES: Final = 24
MOST_BYTES: Final = 64
_MADE_BYTES: Final = 32
NO_SECRET: Final = f"is not {PREFIX} followed by {LEAST_BYTES} to {MOST_BYTES} bytes in base64"


class Sealed(Protocol):
    """An endpoint's secrets as they are stored."""

    @property
    def secret(self) -> bytes:
        """The one that counts."""
        ...

    @property
    def previous_secret(self) -> bytes | None:
        """The one before."""
        ...

    @property
    def previous_until(self) -> datetime | None:
        """How long that one signs, too."""
        ...


def new_secret() -> str:
    """A secret that nobody else has."""
    return PREFIX + base64.b64encode(os.urandom(_MADE_BYTES)).decode()


def fault_of(secret: str) -> str | None:
    """What is wrong with a secret that somebody brings along; None when nothing is."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        key = b""
    if secret.startswith(PREFIX) and LEAST_BYTES <= len(key) <= MOST_BYTES:
        return None
    return NO_SECRET


def signing_secrets(sealed: Sealed, vault: Vault, now: datetime) -> list[str]:
    """What events are signed with now: the secret, and the one before while its time lasts.

    Raises:
        VaultClosed: no key fits.
    """
    told = [vault.open(sealed.secret).decode()]
    if sealed.previous_secret is not None and sealed.previous_until is not None and now < sealed.previous_until:
        told.append(vault.open(sealed.previous_secret).decode())
    return told
