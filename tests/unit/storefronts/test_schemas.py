"""What is taken of storefronts, keys and connections, and what not."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidings.storefronts.schemas import ApiKeyAsked, ConnectionAsked, StorefrontChange


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"locale": "de"},
        {"locale": "zh-Hant-TW"},
        {"locale": "es-419"},
        {"time_zone": "America/Sao_Paulo"},
        {"currency": "JPY"},
        {"sales_channels": ["web", "pop-up_2"]},
        {"calendar": {}},
        {"calendar": {"hours": {"mon": [["09:00", "17:00"]]}}},
        {"policy": {"order_number_prefix": "W-"}},
        {"brand": {"color": "#0A6640", "logo_url": "https://shop.example/logo.png"}},
        {"contact": {"email": "hallo@müller.example"}},
        {"contact": {"email": "hello@shop.example", "phone": "+49 (30) 901-820", "hours": "Mo-Fr 9-17"}},
        {"legal": {"vat_id": "DE123456789", "address": "Teestraße 1, Berlin"}},
    ],
)
def test_sound_changes_are_taken(change: dict[str, Any]) -> None:
    StorefrontChange.model_validate(change)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"locale": "de_DE"}, "locale"),
        ({"locale": "xx"}, "locale"),
        ({"locale": "deutsch"}, "locale"),
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"currency": "EUX"}, "currency"),
        ({"sales_channels": []}, "sales_channels"),
        ({"sales_channels": ["web", "web"]}, "sales_channels"),
        ({"sales_channels": ["The Web"]}, "sales_channels"),
        ({"calendar": {"hours": {"mon": [["9", "17"]]}}}, "calendar"),
        ({"calendar": {"hours": {"noday": []}}}, "calendar"),
        ({"brand": {"color": "green"}}, "brand"),
        ({"brand": {"logo_url": "http://shop.example/logo.png"}}, "brand"),
        ({"brand": {"logo_url": "javascript:alert(1)"}}, "brand"),
        ({"contact": {"email": "hello"}}, "contact"),
        ({"contact": {"email": "hello@@shop.example"}}, "contact"),
        ({"contact": {"email": "hello@müller..example"}}, "contact"),
        ({"contact": {"email": "=?utf-8?q?a=0d=0aX=3a_1?=@shop.example"}}, "contact"),
        ({"contact": {"email": f"{'a' * 60}@{'x.' * 100}example"}}, "contact"),
        ({"contact": {"hours": "Mo\r\nBcc: all"}}, "contact"),
        ({"legal": {"vat_id": "nonsense"}}, "legal"),
        ({"slug": "other"}, "slug"),
        ({"name": ""}, "name"),
    ],
)
def test_unsound_ones_are_refused_at_their_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        StorefrontChange.model_validate(change)
    assert {error["loc"][0] for error in refused.value.errors()} == {where}


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "n", "principal": "p", "scopes": []},
        {"name": "n", "principal": "p", "scopes": ["orders", "orders"]},
        {"name": "n", "principal": "p", "scopes": ["root"]},
        {"name": "n", "principal": "ada@example.com", "scopes": ["orders"]},
        {"name": "n", "principal": "p", "scopes": ["orders"], "expires_at": "2026-11-23"},
    ],
)
def test_keys_have_scopes_and_a_principal_that_is_no_address(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ApiKeyAsked.model_validate(asked)


@pytest.mark.parametrize("principal", ["system", "System", "provider/twilio", "customer", "command-line"])
def test_a_key_does_not_pass_for_the_machine_or_for_whoever_reports_to_it(principal: str) -> None:
    """A stock check told by a key named `system` counted as the machine's own, which then had the last word."""
    with pytest.raises(ValidationError, match="on record"):
        ApiKeyAsked(name="n", principal=principal, scopes=["orders"])
    assert ApiKeyAsked(name="n", principal=f"shop/{principal}", scopes=["orders"])


@pytest.mark.parametrize(
    "more",
    [
        {"channel": "fax"},
        {"priority": -1},
        {"priority": "1"},
        {"secrets": {"a": 1}},
        {"name": "a\nb"},
        {"provider": ""},
    ],
)
def test_connections_have_a_known_channel_and_bounded_fields(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ConnectionAsked.model_validate({"name": "n", "channel": "sms", "provider": "twilio"} | more)
