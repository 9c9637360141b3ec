"""What an address of a provider may be, and what is never printed."""

import pytest
from pydantic import Field, ValidationError

from tidings.adapters.provider import BaseUrl, ProviderSecrets, ProviderSettings


class Settings(ProviderSettings):
    base_url: BaseUrl = "https://api.provider.example"


class Secrets(ProviderSecrets):
    key: str = Field(min_length=5)


def accepted(url: str, *, dev: bool = False) -> str:
    return Settings.model_validate({"base_url": url}, context={"allow_insecure": dev}).base_url


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.provider.example", "https://api.provider.example"),
        ("https://api.provider.example:8443/v3/", "https://api.provider.example:8443/v3"),
        (" https://10.1.2.3 ", "https://10.1.2.3"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]"),
    ],
)
def test_an_https_address_of_another_machine_is_accepted(url, kept):
    assert accepted(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://api.provider.example",
        "https://localhost",
        "https://a.localhost.",
        "https://127.0.0.1",
        "https://127.8.9.1:8443",
        "https://127.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[fe80::1%25eth0]",
        "https://0.0.0.0",
        "https://169.254.169.254",
        "https://224.0.0.1",
    ],
)
def test_plain_http_and_this_machine_are_for_development_only(url):
    with pytest.raises(ValidationError, match="tidings dev"):
        accepted(url)
    assert accepted(url, dev=True) == url


@pytest.mark.parametrize("dev", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.provider.example",
        "ftp://api.provider.example",
        "https://",
        "https://host:port",
        "https://host:0",
        "https://[::1",
        "https://user:pass@api.provider.example",
        "https://api.provider.example/?key=1",
        "https://api.provider.example/#there",
    ],
)
def test_what_is_no_bare_address_is_refused_everywhere(url, dev):
    with pytest.raises(ValidationError):
        accepted(url, dev=dev)


def test_without_a_context_the_rules_of_production_hold():
    with pytest.raises(ValidationError):
        Settings.model_validate({"base_url": "http://127.0.0.1"})


def test_secrets_are_never_printed():
    secrets = Secrets(key="s3cret")
    assert "s3cret" not in f"{secrets!r} {secrets}"
    with pytest.raises(ValidationError) as refused:
        Secrets(key="s3c")
    assert "s3c'" not in str(refused.value)
