"""What is told of an exception: class and place."""

from email.utils import formataddr

import pytest
from cryptography.fernet import InvalidToken

from tidings.kit.vault import Vault, VaultClosed, new_vault_key
from tidings.kit.whereabouts import whereabouts


def test_the_innermost_line_of_our_own_is_named() -> None:
    with pytest.raises(VaultClosed) as raised:
        Vault([new_vault_key()]).open(b"anna")
    assert whereabouts(raised.value).startswith("VaultClosed in vault.py, line ")
    # Raised in the library, below us.
    assert isinstance(raised.value.__cause__, InvalidToken)
    assert whereabouts(raised.value.__cause__).startswith("InvalidToken in vault.py, line ")


def test_what_is_raised_by_others_alone_is_placed_there_and_is_not_quoted() -> None:
    with pytest.raises(UnicodeEncodeError) as raised:
        formataddr(("Anna", "anna@müller.example"))
    told = whereabouts(raised.value)
    assert told.startswith("UnicodeEncodeError in utils.py, line ")
    assert "anna" not in told


def test_what_was_never_raised_has_no_place() -> None:
    assert whereabouts(KeyError("anna")) == "KeyError"
