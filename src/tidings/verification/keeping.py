"""The stock ledger knows articles and orders, not people."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.verification.tables import ReservationRow, StockMovementRow, StockRow

KEEPING: Final = (
    Keeping(table=StockRow.__table__, kind="own", order="", plain=("mode", "sku", "currency"), is_exported=False),
    Keeping(table=ReservationRow.__table__, kind="orders", plain=("mode", "sku", "status"), is_exported=False),
    # The ledger stays whole: an order's goods were taken from it, whoever had ordered them.
    Keeping(
        table=StockMovementRow.__table__,
        kind="own",
        order="",
        plain=("mode", "sku", "kind", "reason", "actor"),
        is_exported=False,
    ),
)
