"""Work tables know ids: whom it concerns stands in what they point to. They empty themselves."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.outbox.tables import ErrandRow, OutboxRow

KEEPING: Final = (
    Keeping(
        table=OutboxRow.__table__,
        kind="communications",
        plain=("mode", "queue", "lane", "lease_owner"),
        is_exported=False,
    ),
    Keeping(table=ErrandRow.__table__, kind="orders", plain=("mode", "kind", "subject", "data"), is_exported=False),
)
