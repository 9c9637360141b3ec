from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from tidings.shipments.rules import has_all_arrived, moves
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


def test_everything_is_there_when_everything_left_and_arrived() -> None:
    assert has_all_arrived(["delivered", "delivered"], is_all_shipped=True)
    assert not has_all_arrived(["delivered"], is_all_shipped=False)
    assert not has_all_arrived(["delivered", "in_transit"], is_all_shipped=True)
    assert not has_all_arrived(["delivered", "returned"], is_all_shipped=True)
