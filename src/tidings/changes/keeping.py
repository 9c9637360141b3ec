"""What requests know of people: their reasons, the addresses they asked for, why it was decided so."""

from typing import Final

from tidings.changes.tables import ApprovalRow, ChangeRequestRow, RefundRow
from tidings.kit.keeping import Keeping

KEEPING: Final = (
    Keeping(
        table=ChangeRequestRow.__table__,
        kind="orders",
        plain=(
            "mode", "kind", "status", "parts", "requested_by", "via", "actor", "principal", "rule", "decided_by",
        ),
        personal={"reason": "NULL", "changes": "'{}'", "decision_reason": "NULL"},
    ),
    Keeping(
        table=ApprovalRow.__table__,
        kind="orders",
        plain=("actor", "principal", "outcome", "rule"),
        personal={"reason": "NULL"},
    ),
    Keeping(
        table=RefundRow.__table__,
        kind="orders",
        # The provider's own id of a refund leads to nobody without the provider, and the books are kept by it.
        plain=(
            "mode", "currency", "status", "method", "provider_refund_id", "requested_by", "settled_by",
        ),
        personal={"reason": "NULL", "reference": "NULL", "failure": "NULL"},
    ),
)  # fmt: skip
