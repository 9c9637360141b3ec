"""Records the outcome of a review: what was decided, by whom, and what is to be done by whom and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.orders.load import By
from tidings.reviews.load import causes_of, open_review_for_update
from tidings.reviews.tables import ReviewRow
from tidings.reviews.tell import MODE, task_of, tell
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.finish import drop_tasks
from tidings.tasks.open import Opening, open_tasks


@dataclass(frozen=True, slots=True)
class ToDo:
    """What is to be done."""

    what: str
    owner: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ConcludeReview:
    """This was decided."""

    # None when the caller named what cannot be a review.
    review_id: UUID | None
    decision: str
    follow_ups: Sequence[ToDo] = ()


async def conclude_review(tx: Tx, command: ConcludeReview, by: By) -> ReviewRow:
    """Record the outcome; each follow-up becomes a task.

    Raises:
        NotFound: there is no such review.
        ReviewConcluded: it has its outcome already.
        InvalidInput: something was to be done in the past.
    """
    row = await open_review_for_update(tx, command.review_id)
    late = [n for n, each in enumerate(command.follow_ups) if each.due_at <= by.at]
    if late:
        raise InvalidInput(faults=[Fault(f"/follow_ups/{n}/due_at", "lies in the past") for n in late])
    row.status, row.decision = "concluded", command.decision
    row.concluded_at, row.concluded_by = by.at, by.actor
    row.follow_ups = [_stored(each) for each in command.follow_ups]
    shop, causes = await shop_rules(tx, row.storefront_id), (await causes_of(tx, row.id))[row.id]
    await tell(tx, row, "review.concluded", by, shop, causes)
    await drop_tasks(tx, [task_of(row)], why="the review has its outcome", now=by.at)
    await open_tasks(tx, *(_opening(row, n, each, by) for n, each in enumerate(command.follow_ups, 1)))
    return row


def _stored(each: ToDo) -> dict[str, str]:
    return {"what": each.what, "owner": each.owner, "due_at": each.due_at.isoformat()}


def _opening(row: ReviewRow, number: int, each: ToDo, by: By) -> Opening:
    review = wire("rev", row.id)
    return Opening(
        storefront_id=row.storefront_id,
        mode=MODE,
        order_id=None,
        kind="review_follow_up",
        cause=f"{review}:{number}",
        opened_at=by.at,
        data={"review": review, "what": each.what},
        owner=each.owner,
        due_at=each.due_at,
    )
