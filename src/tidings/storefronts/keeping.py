"""The shop's own: its staff and accounts, not its customers."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.storefronts.tables import ApiKeyRow, ConnectionRow, OrderNumberRow, RuleBookRow, StorefrontRow

KEEPING: Final = (
    Keeping(
        table=StorefrontRow.__table__,
        kind="own",
        order="",
        plain=(
            "slug", "name", "brand", "contact", "legal", "locale", "time_zone", "currency", "sales_channels",
            "calendar", "policy",
        ),
        is_exported=False,
    ),
    Keeping(
        table=RuleBookRow.__table__,
        kind="own",
        order="",
        plain=("time_zone", "calendar", "policy", "changed_by"),
        is_exported=False,
    ),
    Keeping(table=OrderNumberRow.__table__, kind="own", order="", plain=("mode",), is_exported=False),
    Keeping(
        table=ApiKeyRow.__table__,
        kind="own",
        order="",
        plain=("mode", "name", "hint", "digest", "principal", "scopes"),
        is_exported=False,
    ),
    Keeping(
        table=ConnectionRow.__table__,
        kind="own",
        order="",
        plain=("mode", "name", "channel", "provider", "settings", "secrets", "halted_reason"),
        is_exported=False,
    ),
)  # fmt: skip
