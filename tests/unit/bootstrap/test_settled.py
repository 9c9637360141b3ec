"""Single parts from the settings: what is no key is told by the setting's name, and not quoted."""

import pytest
from pydantic import SecretStr

from tidings.bootstrap import NotConfigured
from tidings.bootstrap.settled import signer_of, vault_of
from tidings.kit.vault import new_vault_key
from tidings.settings import RecordsSettings, SecretsSettings, Settings

NO_KEY = (SecretStr("hush"),)


def test_what_is_no_key_of_the_vault_is_told() -> None:
    with pytest.raises(NotConfigured, match=r"TIDINGS_SECRETS_KEYS: .*`tidings keys generate`") as refused:
        vault_of(Settings(secrets=SecretsSettings(keys=(SecretStr(new_vault_key()), *NO_KEY))))
    assert "hush" not in str(refused.value)


def test_what_is_no_key_of_the_trail_is_told() -> None:
    with pytest.raises(NotConfigured, match=r"TIDINGS_RECORDS_KEYS: .*`tidings records key`"):
        signer_of(Settings(records=RecordsSettings(keys=NO_KEY)))


def test_the_vault_seals_with_the_first_key() -> None:
    first, second = new_vault_key(), new_vault_key()
    sealed = vault_of(Settings(secrets=SecretsSettings(keys=(SecretStr(first), SecretStr(second))))).seal(b"secret")
    assert vault_of(Settings(secrets=SecretsSettings(keys=(SecretStr(first),)))).open(sealed) == b"secret"
