"""What has left in parcels already: lines that must go on naming it, and its price."""

from collections.abc import Mapping
from typing import Any, Final

from tidings.changes.patch import Patched
from tidings.kit.problem import Fault
from tidings.orders.arithmetic import line_price
from tidings.orders.load import HeldOrder
from tidings.orders.told import as_posted, posted_form
from tidings.shipments.load import Parcels, packed_in
from tidings.shipments.states import ShipmentStatus

_BACK: Final[ShipmentStatus] = "returned"
_ARRIVED: Final[ShipmentStatus] = "delivered"


def faults_of_sent(parcels: Parcels, what: Patched) -> list[Fault]:
    """Lines that contradict what has left: their numbers and articles stay, and they hold as much at least.

    What came back has not left, but its parcel's tracking goes on naming the line, so one of it stays at least.
    """
    if "lines" not in what.parts:
        return []
    sent: dict[int, int] = {}
    for parcel in parcels.rows:
        for packed in packed_in(parcel):
            sent[packed.line] = sent.get(packed.line, 0) + (0 if parcel.status == _BACK else packed.quantity)
    wanted = {line["line"]: line for line in what.checked.lines}
    skus = {line.line: line.sku for line in parcels.order.lines}
    return [
        Fault(f"/changes/lines/{line - 1}", f"must go on naming {count} or more of {skus[line]}, which have left")
        for line, count in sorted((line, max(1, count)) for line, count in sent.items())
        if not _holds(wanted.get(line), skus[line], count)
    ]


def _holds(line: Mapping[str, Any] | None, sku: str, count: int) -> bool:
    return line is not None and line["sku"] == sku and line["quantity"] >= count


def sent_goods(order: HeldOrder, parcels: Parcels) -> int:
    """The price, in minor units, of what has left and has not come back."""
    if not parcels.rows:
        return 0
    form = as_posted(posted_form(order.row, order.lines))
    places = {line.line: n for n, line in enumerate(order.lines)}
    return sum(
        line_price(form, places[packed.line], packed.quantity)
        for row in parcels.rows
        if row.status != _BACK
        for packed in packed_in(row)
    )


def under_way(parcels: Parcels) -> list[str]:
    """Wire ids of the parcels that might still be called back."""
    return [parcels.told(row).id for row in parcels.rows if row.status not in {_BACK, _ARRIVED}]
