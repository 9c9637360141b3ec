"""Settings come from the environment, whole, checked and frozen."""

import os

import pytest
from pydantic import SecretStr, ValidationError

from tidings.settings import Settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TIDINGS_"):
            monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(f"TIDINGS_{name}", value)
    return Settings()


def faults(monkeypatch: pytest.MonkeyPatch, **given: str) -> str:
    with pytest.raises(ValidationError) as refused:
        read(monkeypatch, **given)
    return str(refused.value)


def test_the_first_word_is_the_group_and_the_rest_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch, DATABASE_URL="postgresql://db/tidings", DATABASE_POOL_SIZE="7", WORKER_LEASE_SECONDS="90"
    )
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "postgresql://db/tidings"
    assert (settings.database.pool_size, settings.worker.lease_seconds) == (7, 90)


def test_nothing_needs_to_be_set_and_nothing_secret_has_a_default() -> None:
    settings = Settings()
    assert (settings.database.url, settings.redis.url, settings.secrets.keys) == (None, None, ())
    assert not settings.dev.enabled


def test_what_compose_hands_on_empty_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, DATABASE_URL="", API_PORT="").api.port == 8080


def test_a_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, DATABASE_URL="postgresql://u:hush@db/t", SECRETS_KEYS="first-hush,second-hush")
    assert "hush" not in repr(settings)
    assert "hush" not in str(settings.model_dump())


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SECRETS_KEYS="one, two,,", GUARD_ALLOW="@example.test, +49")
    assert [key.get_secret_value() for key in settings.secrets.keys] == ["one", "two"]
    assert settings.guard.allow == ("@example.test", "+49")


def test_a_misspelt_field_of_a_group_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "api.prot" in faults(monkeypatch, API_PROT="9000")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_PORT", "65536"),
        ("WORKER_METRICS_PORT", "65536"),
        ("API_REQUESTS_PER_MINUTE", "0"),
        ("API_MAX_BODY_BYTES", "-1"),
        ("PUBLIC_URL", "shop.example"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://shop.example/?a=b"),
        ("DATABASE_URL", "db/tidings"),
        ("DATABASE_URL", "mysql://db/tidings"),
        ("DATABASE_WORKER_URL", "postgresql://worker@db:five/tidings"),
        ("REDIS_URL", "cache:6379"),
        ("REDIS_URL", "http://cache:6379"),
        ("API_IDEMPOTENCY_HOURS", "23"),
        ("DATABASE_POOL_SIZE", "0"),
        ("WORKER_LEASE_SECONDS", "0"),
        ("TRACE_SAMPLE", "1.1"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert name.lower().replace("_", ".", 1) in faults(monkeypatch, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://tidings_app@/tidings?host=/run/postgres&port=5432"),
        ("DATABASE_URL", "postgres://app:s%2Fcret@db.example:5432/tidings?sslmode=require"),
        ("DATABASE_URL", "postgresql://app:secret@[::1]/tidings"),
        ("REDIS_URL", "rediss://:secret@cache:6380/0"),
        ("REDIS_URL", "unix:///run/valkey/valkey.sock"),
        ("PUBLIC_URL", "https://shop.example:8443/tidings/"),
    ],
)
def test_addresses_of_every_usual_form_are_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    group, _, field = name.lower().partition("_")
    found = getattr(getattr(read(monkeypatch, **{name: value}), group), field)
    assert (found.get_secret_value() if isinstance(found, SecretStr) else found) == value


def test_a_password_that_cuts_its_url_short_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError) as refused:
        read(monkeypatch, DATABASE_URL="postgresql://app:hush/hush@db/tidings")
    said = [fault["msg"] for fault in refused.value.errors(include_input=False)]
    assert said == ["Value error, must be a URL that starts with postgresql://, special characters of a password as %…"]


def test_a_send_must_end_well_before_its_lease_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "provider_timeout_seconds" in faults(
        monkeypatch, WORKER_LEASE_SECONDS="20", WORKER_PROVIDER_TIMEOUT_SECONDS="15.1"
    )
    settings = read(monkeypatch, WORKER_LEASE_SECONDS="20", WORKER_PROVIDER_TIMEOUT_SECONDS="15")
    assert settings.worker.provider_timeout_seconds == 15


def test_settings_are_frozen() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.api.port = 1
    with pytest.raises(ValidationError):
        settings.api = settings.api


def test_every_setting_has_its_line() -> None:
    groups = [field.annotation for field in Settings.model_fields.values()]
    bare_fields = [name for group in groups for name, field in group.model_fields.items() if not field.description]
    assert not bare_fields
