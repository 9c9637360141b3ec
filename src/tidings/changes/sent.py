"""What has left in parcels already: lines that must go on naming it, and its price."""

from collections.abc import Mapping, Sequence
from typing import Final

from tidings.changes.numbers import Known, kept_numbers, numbered
from tidings.changes.patch import Patched
from tidings.kit.problem import Fault
from tidings.kit.rows import Row
from tidings.orders.arithmetic import line_price
from tidings.orders.load import HeldOrder
from tidings.orders.told import as_posted, posted_form
from tidings.shipments.load import Parcels, packed_in
from tidings.shipments.states import ShipmentStatus

BACK: Final[ShipmentStatus] = "returned"
_ARRIVED: Final[ShipmentStatus] = "delivered"


def faults_of_sent(parcels: Parcels, what: Patched) -> list[Fault]:
    """Lines that contradict what has left and has not come back: their articles stay, and as much of them at least."""
    if "lines" not in what.parts:
        return []
    wanted, known = what.checked.lines, _known(parcels)
    kept = kept_numbers(wanted, known)
    return [
        Fault(_pointer(wanted, kept, line.sku), f"must go on naming {line.gone} or more of {line.sku}, which have left")
        for line in known
        if line.gone and line.line not in kept.values()
    ]


def lines_after(parcels: Parcels, what: Patched) -> list[Row]:
    """The lines as they will be, with their numbers: one that a parcel names keeps its own, and nobody else gets it."""
    wanted, known = what.checked.lines, _known(parcels)
    return numbered(wanted, kept_numbers(wanted, known), _sent(parcels))


def _known(parcels: Parcels) -> list[Known]:
    sent = _sent(parcels)
    return [
        Known(line.line, line.sku, sent[line.line], place)
        for place, line in enumerate(parcels.order.lines)
        if line.line in sent
    ]


def _sent(parcels: Parcels) -> dict[int, int]:
    """Number of a line that parcels name → how many of it have left and have not come back."""
    sent: dict[int, int] = {}
    for parcel in parcels.rows:
        for packed in packed_in(parcel):
            sent[packed.line] = sent.get(packed.line, 0) + (0 if parcel.status == BACK else packed.quantity)
    return sent


def _pointer(wanted: Sequence[Row], kept: Mapping[int, int], sku: str) -> str:
    """To the line that names too few, if there is one."""
    few = [place for place, line in enumerate(wanted) if place not in kept and line["sku"] == sku]
    return f"/changes/lines/{few[0]}" if few else "/changes/lines"


def sent_goods(order: HeldOrder, parcels: Parcels) -> int:
    """The price, in minor units, of what has left and has not come back."""
    if not parcels.rows:
        return 0
    form = as_posted(posted_form(order.row, order.lines))
    places = {line.line: n for n, line in enumerate(order.lines)}
    return sum(
        line_price(form, places[packed.line], packed.quantity)
        for row in parcels.rows
        if row.status != BACK
        for packed in packed_in(row)
    )


def under_way(parcels: Parcels) -> list[str]:
    """Wire ids of the parcels that might still be called back."""
    return [parcels.told(row).id for row in parcels.rows if row.status not in {BACK, _ARRIVED}]
