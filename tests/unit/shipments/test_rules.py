from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from tidings.orders.states import OrderStatus
from tidings.shipments.rules import moves, status_after
from tidings.shipments.states import NEXT, SHIPMENT_STATUSES, ShipmentStatus

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE, AFTER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


@pytest.mark.parametrize("current", SHIPMENT_STATUSES)
@pytest.mark.parametrize("status", SHIPMENT_STATUSES)
def test_a_newer_event_moves_a_parcel_along_its_arrows(current: ShipmentStatus, status: ShipmentStatus) -> None:
    assert moves(current, None, status, NOON) is (status in NEXT[current])
    assert moves(current, NOON, status, NOON) is (status in NEXT[current])
    assert moves(current, NOON, status, AFTER) is (status in NEXT[current])


@pytest.mark.parametrize("current", SHIPMENT_STATUSES)
@pytest.mark.parametrize("status", SHIPMENT_STATUSES)
def test_an_older_event_moves_it_only_to_its_end(current: ShipmentStatus, status: ShipmentStatus) -> None:
    is_end = status in {"delivered", "returned"}
    assert moves(current, NOON, status, BEFORE) is (is_end and status in NEXT[current])


def test_in_whatever_order_events_are_told_the_parcel_ends_where_it_is() -> None:
    told: list[tuple[ShipmentStatus, datetime]] = [
        ("in_transit", NOON), ("out_for_delivery", NOON + timedelta(hours=1)), ("delivered", NOON + timedelta(hours=2)),
    ]  # fmt: skip
    for order in permutations(told * 2):
        status: ShipmentStatus = "dispatched"
        latest: datetime | None = None
        for event, at in order:
            if moves(status, latest, event, at):
                status = event
            latest = at if latest is None else max(latest, at)
        assert status == "delivered"


@pytest.mark.parametrize(
    ("parcels", "is_all_shipped", "becomes"),
    [
        ([], False, "processing"),
        (["dispatched"], False, "partially_shipped"),
        (["in_transit", "exception"], True, "shipped"),
        (["delivered"], False, "partially_delivered"),
        (["delivered", "in_transit"], True, "partially_delivered"),
        (["delivered", "delivered"], True, "delivered"),
        # As if it had never left.
        (["returned"], False, "processing"),
        (["returned", "in_transit"], False, "partially_shipped"),
        (["returned", "delivered"], False, "partially_delivered"),
        (["returned", "out_for_delivery"], True, "shipped"),
        (["returned", "delivered"], True, "delivered"),
    ],
)
def test_an_order_is_where_its_parcels_are(parcels: list[str], *, is_all_shipped: bool, becomes: OrderStatus) -> None:
    for status in ("processing", "partially_shipped", "shipped"):
        assert status_after(status, parcels, is_all_shipped=is_all_shipped) == becomes
    after = status_after("partially_delivered", parcels, is_all_shipped=is_all_shipped)
    assert after == ("delivered" if becomes == "delivered" else "partially_delivered")


@pytest.mark.parametrize("status", ["incomplete", "received", "delivered", "completed", "cancelled"])
def test_an_order_that_has_not_begun_or_has_ended_does_not_follow_its_parcels(status: OrderStatus) -> None:
    for parcels in ([], ["delivered"], ["returned"], ["in_transit"]):
        for is_all_shipped in (True, False):
            assert status_after(status, parcels, is_all_shipped=is_all_shipped) == status
