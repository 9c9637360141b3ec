"""What this slice itself knows of people, and the work tables of the kit."""

from typing import Final

from tidings.kit.idempotency import IdempotencyKeyRow
from tidings.kit.keeping import Keeping
from tidings.retention.tables import (
    ErasedOrderRow,
    ErasureRow,
    ExportRow,
    HoldRow,
    RetentionMarkRow,
    RetentionRunRow,
)

# Answers that name one of the orders or addresses. A repeat of such a request is told that its key was used otherwise:
# neither is the answer given again, nor is the request carried out twice.
_TOLD: Final = """
    storefront_id = :storefront AND mode = :mode AND body IS NOT NULL
    AND EXISTS (SELECT FROM unnest(:order_names || :addresses) AS said
                WHERE position(convert_to(said, 'UTF8') IN body) > 0)
"""

KEEPING: Final = (
    Keeping(
        table=HoldRow.__table__,
        kind="own",
        order="",
        # Who was held is known by digests; why, in the words of whoever placed it, stays as long as the proof of it.
        plain=("mode", "reach", "digests", "reason", "placed_by", "released_by", "release_reason"),
        is_exported=False,
    ),
    Keeping(
        table=ExportRow.__table__,
        kind="own",
        order="",
        plain=("mode", "status", "digests", "order_ids", "sha256", "requested_by"),
        # Deleted with their time, or by an erasure of the same person (exports.py).
        personal={"person": "NULL", "content": "NULL"},
        whose="false",
        is_exported=False,
    ),
    Keeping(
        table=ErasureRow.__table__,
        kind="own",
        order="",
        plain=("mode", "status", "held", "erased", "kept", "requested_by"),
        # Taken away by the erasure itself when it is over, and the person is not held (erase.py).
        personal={"person": "NULL"},
        whose="false",
        is_exported=False,
    ),
    Keeping(table=ErasedOrderRow.__table__, kind="orders", plain=("mode",), is_exported=False),
    Keeping(
        table=RetentionRunRow.__table__, kind="own", order="", plain=("mode", "outcome", "started_by"),
        is_exported=False,
    ),
    Keeping(table=RetentionMarkRow.__table__, kind="own", order="", plain=("mode", "kind"), is_exported=False),
    Keeping(
        table=IdempotencyKeyRow.__table__,
        kind="own",
        order="",
        whose=_TOLD,
        plain=("mode", "key"),
        personal={"body": "NULL", "headers": "NULL", "fingerprint": "''"},
        is_exported=False,
    ),
)  # fmt: skip
