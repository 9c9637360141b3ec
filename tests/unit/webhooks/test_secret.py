"""Secrets are made, judged and opened."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook

from tests.clock import FixedClock
from tidings.kit.vault import Vault, new_vault_key
from tidings.webhooks.secret import fault_of, new_secret, signing_secrets

NOW = FixedClock().now()
VAULT = Vault([new_vault_key()])


@dataclass
class Stored:
    secret: bytes
    previous_secret: bytes | None = None
    previous_until: datetime | None = None


def of(size: int) -> str:
    return "whsec_" + base64.b64encode(b"x" * size).decode()


def test_what_is_made_up_is_sound_and_nobody_elses() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {fault_of(each) for each in made} == {None}
    assert Webhook(made.pop()).sign("evt_1", NOW, "{}").startswith("v1,")


@pytest.mark.parametrize("secret", [of(24), of(64), of(31)])
def test_what_somebody_brings_along_may_be_24_to_64_bytes(secret: str) -> None:
    assert fault_of(secret) is None


@pytest.mark.parametrize(
    "secret", ["", "whsec_", of(23), of(65), of(32)[6:], "whsec_" + "ü" * 40, "whsec_A" + "A" * 36]
)
def test_anything_else_is_refused(secret: str) -> None:
    assert fault_of(secret) is not None


def test_the_one_before_signs_while_its_time_lasts() -> None:
    stored = Stored(VAULT.seal(b"new"), VAULT.seal(b"old"), NOW + timedelta(hours=1))
    assert signing_secrets(stored, VAULT, NOW) == ["new", "old"]
    assert signing_secrets(stored, VAULT, NOW + timedelta(hours=1)) == ["new"]
    assert signing_secrets(Stored(VAULT.seal(b"new")), VAULT, NOW) == ["new"]
