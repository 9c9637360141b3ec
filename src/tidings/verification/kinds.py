"""The words of this slice."""

from typing import Literal, get_args

CheckName = Literal["payment", "stock"]
Outcome = Literal["passed", "failed"]

CHECKS: tuple[CheckName, ...] = get_args(CheckName)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

MovementKind = Literal[
    "received",  # goods came in
    "counted",  # somebody counted, and it was another number
    "reserved",  # promised to an order
    "released",  # the promise ended
    "committed",  # left with a parcel
    "returned",  # came back
]
ReservationStatus = Literal[
    "held",  # waits for its parcels
    "committed",  # all of it has left
    "released",  # the order was cancelled
]

MOVEMENTS: tuple[MovementKind, ...] = get_args(MovementKind)
RESERVATION_STATUSES: tuple[ReservationStatus, ...] = get_args(ReservationStatus)
