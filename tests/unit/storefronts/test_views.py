"""From rows to what callers see."""

from datetime import UTC, datetime
from uuid import UUID

from tidings.storefronts.tables import ApiKeyRow, ConnectionRow, StorefrontRow
from tidings.storefronts.views import api_key_of, connection_of, issued_key_of, storefront_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ID = UUID(int=1)


def test_a_key_is_shown_without_its_digest_and_told_with_its_secret_once() -> None:
    row = ApiKeyRow(
        id=ID, storefront_id=ID, mode="live", name="n", hint="td_live_abcd", digest=b"secret", principal="p",
        scopes=["orders"], created_at=NOW, expires_at=None, revoked_at=None, replaced_by=UUID(int=2),
    )  # fmt: skip
    shown = api_key_of(row)
    assert shown.replaced_by == f"key_{UUID(int=2).hex}"
    assert "digest" not in shown.model_dump()
    assert issued_key_of(row, "td_live_abcdef").key == "td_live_abcdef"


def test_a_connection_is_shown_without_its_secrets() -> None:
    row = ConnectionRow(
        id=ID, storefront_id=ID, mode="test", name="n", channel="sms", provider="sandbox", priority=1, settings={},
        secrets=b"sealed", paused_at=NOW, halted_until=None, halted_reason=None, version=3, created_at=NOW,
        updated_at=NOW, removed_at=None,
    )  # fmt: skip
    shown = connection_of(row, "https://tidings.test/")
    assert shown.callback_url == f"https://tidings.test/v1/callbacks/con_{ID.hex}"
    assert shown.is_paused
    assert "secrets" not in shown.model_dump()


def test_a_storefront_is_shown_with_its_whole_policy() -> None:
    row = StorefrontRow(
        id=ID, slug="s", name="n", brand={}, contact={}, legal={}, locale="de", time_zone="UTC", currency="EUR",
        sales_channels=["web"], calendar={}, policy={}, version=1, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    assert storefront_of(row).policy.order_number_prefix == "T-"
