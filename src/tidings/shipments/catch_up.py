"""Lets an order follow its parcels: shipped, delivered, or back where it was when they came back."""

from datetime import datetime

from tidings.orders.move import move, status_of
from tidings.shipments.load import Parcels
from tidings.shipments.rules import status_after


def catch_up(parcels: Parcels, at: datetime) -> None:
    """Make of the order what its parcels make of it; one that has ended stays what it is.

    Neither the carrier nor what has left already waits for an open issue.
    """
    order = parcels.order
    to = status_after(status_of(order), [row.status for row in parcels.rows], is_all_shipped=not parcels.to_ship())
    if to != status_of(order):
        move(order, to, at, despite_hold=True)
