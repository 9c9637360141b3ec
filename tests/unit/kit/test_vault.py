"""Secrets are sealed, and keys can be changed."""

import pytest

from tidings.kit.vault import Vault, VaultClosed, is_sealed, new_vault_key

OLD, NEW = new_vault_key(), new_vault_key()


def test_what_is_sealed_can_be_opened_and_not_read() -> None:
    sealed = Vault([OLD]).seal_all({"token": "s3cret"})
    assert b"s3cret" not in sealed
    assert Vault([OLD]).open_all(sealed) == {"token": "s3cret"}


def test_a_new_key_opens_what_the_old_one_sealed_as_long_as_both_are_there() -> None:
    sealed = Vault([OLD]).seal(b"x")
    assert Vault([NEW, OLD]).open(sealed) == b"x"
    resealed = Vault([NEW, OLD]).reseal(sealed)
    assert Vault([NEW]).open(resealed) == b"x"
    with pytest.raises(VaultClosed):
        Vault([NEW]).open(sealed)
    with pytest.raises(VaultClosed):
        Vault([NEW]).reseal(sealed)


def test_a_changed_byte_is_noticed() -> None:
    sealed = bytearray(Vault([OLD]).seal(b"x"))
    sealed[20] ^= 1
    with pytest.raises(VaultClosed):
        Vault([OLD]).open(bytes(sealed))


def test_without_a_key_nothing_is_sealed_or_opened() -> None:
    for act in (Vault([]).seal, Vault([]).open, Vault([]).reseal):
        with pytest.raises(VaultClosed):
            act(b"x")


def test_a_key_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="Fernet"):
        Vault(["nonsense"])


def test_sealed_bytes_are_told_from_json() -> None:
    assert is_sealed(Vault([OLD]).seal(b"{}"))
    assert not is_sealed(b'{"gAAAAA": 1}')
