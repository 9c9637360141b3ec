from datetime import UTC, datetime
from uuid import UUID

import pytest

from tidings.orders.errors import IllegalMove, OrderOnHold
from tidings.orders.load import HeldOrder
from tidings.orders.move import illegal, move, status_of
from tidings.orders.states import NEXT, ORDER_STATUSES, OrderStatus
from tidings.orders.tables import OrderRow

AT = datetime(2026, 11, 23, tzinfo=UTC)


def order(status: OrderStatus, *, on_hold: bool = False) -> HeldOrder:
    return HeldOrder(OrderRow(id=UUID(int=1), status=status, on_hold=on_hold, version=1, updated_at=None), [])


@pytest.mark.parametrize("status", ORDER_STATUSES)
@pytest.mark.parametrize("to", ORDER_STATUSES)
def test_an_order_moves_along_the_arrows_and_no_other_way(status: OrderStatus, to: OrderStatus) -> None:
    held = order(status)
    if to in NEXT[status]:
        move(held, to, AT)
        assert (status_of(held), held.row.version, held.row.updated_at) == (to, 2, AT)
        return
    with pytest.raises(IllegalMove) as refusal:
        move(held, to, AT)
    assert refusal.value.members == {"order_status": status, "allowed": list(NEXT[status])}
    assert (status_of(held), held.row.version) == (status, 1)


@pytest.mark.parametrize("status", ORDER_STATUSES)
def test_an_order_on_hold_is_cancelled_or_stays(status: OrderStatus) -> None:
    for to in NEXT[status]:
        held = order(status, on_hold=True)
        if to == "cancelled":
            move(held, to, AT)
            continue
        with pytest.raises(OrderOnHold):
            move(held, to, AT)
        assert status_of(held) == status


@pytest.mark.parametrize("status", ORDER_STATUSES)
def test_what_others_do_is_not_held_up(status: OrderStatus) -> None:
    for to in NEXT[status]:
        held = order(status, on_hold=True)
        move(held, to, AT, despite_hold=True)
        assert (status_of(held), held.row.on_hold) == (to, True)


def test_a_refusal_may_say_more() -> None:
    assert illegal(order("shipped"), "Too late.").detail == "Too late."
    assert "status does not allow" in illegal(order("shipped")).detail
