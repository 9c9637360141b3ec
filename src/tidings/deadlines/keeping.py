"""Clocks know orders and staff, not customers."""

from typing import Final

from tidings.deadlines.tables import DeadlineRow
from tidings.kit.keeping import Keeping

KEEPING: Final = (Keeping(table=DeadlineRow.__table__, kind="orders", plain=("mode", "kind", "dedupe_key", "met_by")),)
