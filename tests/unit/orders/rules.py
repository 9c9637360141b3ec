"""A shop without a database, and checks of bodies in it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.fixtures.orders import order_body
from tidings.kit.problem import Fault
from tidings.kit.scope import Mode
from tidings.orders.check import check
from tidings.orders.checked import CheckedOrder
from tidings.storefronts.rules import ShopRules

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHOP = ShopRules(
    storefront_id=UUID(int=1),
    slug="teahouse",
    name="Teahouse",
    locale="en-GB",
    time_zone="Europe/Berlin",
    currency="EUR",
    sales_channels=frozenset({"web", "phone"}),
)


def fresh() -> dict[str, Any]:
    """The example order, no part of which is shared with another."""
    found: dict[str, Any] = json.loads(json.dumps(order_body()))
    return found


def judged(body: Any, *, mode: Mode = "test", lenient: bool = False) -> CheckedOrder | list[Fault]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return check(raw, SHOP, mode, NOW, lenient=lenient)


def good(body: Any | None = None, *, mode: Mode = "test", lenient: bool = False) -> CheckedOrder:
    result = judged(order_body() if body is None else body, mode=mode, lenient=lenient)
    assert isinstance(result, CheckedOrder), result
    return result


def faults(body: Any, *, mode: Mode = "test", lenient: bool = False) -> dict[str, str]:
    """Pointer → detail."""
    result = judged(body, mode=mode, lenient=lenient)
    assert isinstance(result, list), result
    return {fault.pointer: fault.detail for fault in result}
