"""Somebody asks for a review, without waiting for a cause."""

from dataclasses import dataclass

from tidings.kit.db import Tx
from tidings.kit.ids import new_id
from tidings.orders.load import By
from tidings.reviews.changes import Cause, table_digest
from tidings.reviews.open import open_review
from tidings.reviews.tables import ReviewRow
from tidings.reviews.watch import count_year_from, held_watch


@dataclass(frozen=True, slots=True)
class AskForReview:
    """The procedure is to be looked at, because of this."""

    reason: str


async def ask_for_review(tx: Tx, command: AskForReview, by: By) -> tuple[ReviewRow, bool]:
    """Open a review; if one is open, it has one more cause.

    Returns:
        The review, and whether it was opened by this.
    """
    watch = await held_watch(tx, table_digest())
    cause = Cause("by_hand", f"by_hand:{new_id().hex}", by.at, by.actor, {"reason": command.reason})
    row = await open_review(tx, [cause], by)
    if row is None:
        # Its key is new.
        raise AssertionError
    is_opened = row.last_seq == 1
    if is_opened:
        await count_year_from(tx, watch, row.opened_at)
    return row, is_opened
