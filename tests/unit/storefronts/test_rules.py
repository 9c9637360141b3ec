"""What the other slices need to know of a shop."""

from datetime import UTC, datetime

import pytest

from tidings.kit.ids import new_id
from tidings.storefronts.policy import Absence, Desk, Policy
from tidings.storefronts.rules import ShopRules

AWAY = Desk(
    owner="staff/anna",
    delegate="staff/bo",
    owner_out=(Absence(first="2026-11-24", last="2026-11-25"),),  # type: ignore[arg-type]
)


@pytest.mark.parametrize(
    ("at", "owner"),
    [
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), "staff/anna"),
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), "staff/bo"),
        (datetime(2026, 11, 25, 22, 59, tzinfo=UTC), "staff/bo"),
        (datetime(2026, 11, 25, 23, 0, tzinfo=UTC), "staff/anna"),
    ],
)
def test_who_is_on_duty_goes_by_the_days_of_the_shops_zone(at: datetime, owner: str) -> None:
    shop = ShopRules(
        storefront_id=new_id(), slug="shop", name="Shop", locale="de-DE", time_zone="Europe/Berlin", currency="EUR",
        sales_channels=frozenset(), policy=Policy(desk=AWAY),
    )  # fmt: skip
    assert shop.on_duty(at) == owner
