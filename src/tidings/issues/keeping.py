"""What issues know of people: whatever staff wrote to them."""

from typing import Final

from tidings.issues.tables import IssueRow
from tidings.kit.keeping import Keeping

KEEPING: Final = (
    Keeping(
        table=IssueRow.__table__,
        kind="orders",
        plain=("mode", "kind", "about", "status", "owner", "opened_by", "resolved_by"),
        personal={"details": "NULL", "next_steps": "NULL", "resolution": "NULL"},
    ),
)
