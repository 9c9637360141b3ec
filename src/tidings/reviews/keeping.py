"""Reviews are of the procedure: figures, versions, and what staff decided. No customer stands in them."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.reviews.tables import ReviewCauseRow, ReviewRow, ReviewWatchRow

KEEPING: Final = (
    Keeping(
        table=ReviewRow.__table__,
        kind="own",
        order="",
        plain=("status", "opened_by", "input", "owner", "decision", "follow_ups", "concluded_by"),
        is_exported=False,
    ),
    Keeping(
        table=ReviewCauseRow.__table__,
        kind="own",
        order="",
        plain=("kind", "dedupe_key", "about", "actor"),
        is_exported=False,
    ),
    Keeping(table=ReviewWatchRow.__table__, kind="own", order="", plain=("known_tables",), is_exported=False),
)
