"""`tidings settings`: what is in force, and nothing that is secret."""

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from tidings.cli.main import app
from tidings.cli.settings import shown, unknown

SECRET = "hunter2hunter2"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch):
    for name in ("TIDINGS_DATABASE_URL", "TIDINGS_REDIS_URL", "TIDINGS_API_PORT", "TIDINGS_SECRETS_KEYS"):
        monkeypatch.delenv(name, raising=False)


def tidings(*arguments: str):
    return CliRunner().invoke(app, ["settings", *arguments], catch_exceptions=False)


def test_every_setting_is_printed_as_the_environment_has_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDINGS_API_PORT", "9000")
    lines = tidings().stdout.splitlines()
    assert "TIDINGS_API_PORT=9000" in lines
    assert "TIDINGS_LOG_LEVEL=info" in lines
    assert "TIDINGS_DEV_ENABLED=false" in lines
    assert "TIDINGS_DATABASE_URL=" in lines


def test_only_the_changed_ones_if_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDINGS_API_PORT", "9000")
    assert tidings("--changed").stdout.splitlines() == ["TIDINGS_API_PORT=9000"]


def test_secrets_are_masked_and_addresses_kept_readable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDINGS_DATABASE_URL", f"postgresql://app:{SECRET}@db:5432/tidings")
    monkeypatch.setenv("TIDINGS_REDIS_URL", f"redis://:{SECRET}@cache:6379/0")
    monkeypatch.setenv("TIDINGS_SECRETS_KEYS", f"{SECRET},{SECRET}")
    printed = tidings("--changed").stdout
    assert SECRET not in printed
    assert "TIDINGS_DATABASE_URL=postgresql://app:***@db:5432/tidings" in printed
    assert "TIDINGS_REDIS_URL=redis://:***@cache:6379/0" in printed
    assert "TIDINGS_SECRETS_KEYS=***,***" in printed


@pytest.mark.parametrize(
    ("secret", "seen"),
    [
        ("postgresql://app@/tidings?host=/run/pg", "postgresql://app@/tidings?host=/run/pg"),
        ("postgresql://app:p:w@db/tidings", "postgresql://app:***@db/tidings"),
        ("plain", "***"),
    ],
)
def test_how_a_secret_is_shown(secret: str, seen: str):
    assert shown(SecretStr(secret)) == seen


def test_a_misspelt_setting_is_pointed_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDINGS_DB_URL", "x")
    assert "TIDINGS_DB_URL is no setting; is it misspelt?" in tidings().stderr
    assert unknown({"TIDINGS_API_PORT": "1", "HOME": "/"}) == []


def test_a_setting_that_cannot_be_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIDINGS_API_PORT", SECRET)
    refused = tidings()
    assert refused.exit_code == 1
    assert "TIDINGS_API_PORT: Input should be a valid integer" in refused.stderr
    assert SECRET not in refused.stderr


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch):
    for name in ("TIDINGS_DATABASE_URL", "TIDINGS_API_PORT", "TIDINGS_SECRETS_KEYS"):
        monkeypatch.setenv(name, "")
    assert tidings("--changed").stdout == ""
