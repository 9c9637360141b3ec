"""What the other slices need to know of a shop to judge its orders: small, immutable, kept in memory for a moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tidings.storefronts.policy import Policy


@dataclass(frozen=True, slots=True)
class ShopRules:
    """A storefront's own rules, as judged by at intake. Loaded by queries.ShopBook, which keeps it for seconds."""

    storefront_id: UUID
    slug: str
    name: str
    locale: str
    time_zone: str
    currency: str
    sales_channels: frozenset[str]
    # As stored; read by storefronts/calendar.py.
    calendar: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    brand: Mapping[str, Any] = field(default_factory=dict)
    contact: Mapping[str, Any] = field(default_factory=dict)
    legal: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1

    def on_duty(self, at: datetime) -> str | None:
        """Who of its staff looks after what comes up at this instant."""
        return self.policy.desk.on_duty(at.astimezone(ZoneInfo(self.time_zone)).date())
