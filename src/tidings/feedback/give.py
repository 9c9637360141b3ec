"""A customer says how it was: kept once for each order, told to the shop; a low rating gives staff a task."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tidings.delivery.lookup import message_by_id
from tidings.feedback.link import Followed
from tidings.feedback.tables import FeedbackRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.rows import json_text
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.open import Opening, open_tasks

# Who follows a link is whoever has it; the order's customer, as far as anybody knows.
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """Somebody who had the link says this."""

    followed: Followed
    rating: int
    comment: str | None = None


async def give_feedback(tx: Tx, said: GiveFeedback, *, now: datetime) -> bool:
    """Keep what was said; whether it is the first time for this order, which is the only one that counts.

    Raises:
        NotFound: the message or its order is gone.
    """
    message = await message_by_id(tx, said.followed.message_id)
    order = await order_for_update(tx, message.order_id)
    # Whoever else rates this order waits for its lock, and then finds the row.
    if await feedback_of_order(tx, order) is not None:
        return False
    row = _row(order, said, now)
    tx.session.add(row)
    order.touch(now)
    await follow(tx, [fact_of(order, "feedback.given", By(CUSTOMER, now), _about(row))])
    shop = await shop_rules(tx, row.storefront_id)
    if row.rating <= shop.policy.feedback.task_up_to:
        await open_tasks(tx, _opening(tx, row, shop))
    return True


async def feedback_of_order(tx: Tx, order: HeldOrder) -> FeedbackRow | None:
    """What was said about this order, if anything was."""
    wanted = select(FeedbackRow).where(
        FeedbackRow.storefront_id == order.row.storefront_id, FeedbackRow.order_id == order.row.id
    )
    return (await tx.session.scalars(wanted)).one_or_none()


def _row(order: HeldOrder, said: GiveFeedback, now: datetime) -> FeedbackRow:
    return FeedbackRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=new_id(),
        mode=order.row.mode,
        message_id=said.followed.message_id,
        channel=said.followed.channel,
        rating=said.rating,
        comment=said.comment,
        given_at=now,
    )


def _about(row: FeedbackRow) -> About:
    """The shop is told all of it; the record knows the rating, and that there is a comment."""
    told: dict[str, Any] = {
        "id": wire("fbk", row.id),
        "rating": row.rating,
        "comment": row.comment,
        "message_id": wire("msg", row.message_id),
        "channel": row.channel,
        "given_at": row.given_at,
    }
    data = {
        "feedback": told["id"],
        "rating": row.rating,
        "has_comment": row.comment is not None,
        "message": told["message_id"],
        "channel": row.channel,
    }
    return About(subject=told["id"], data=data, snapshot={"feedback": json_text(told)})


def _opening(tx: Tx, row: FeedbackRow, shop: ShopRules) -> Opening:
    feedback = wire("fbk", row.id)
    return Opening(
        storefront_id=row.storefront_id,
        mode=tx.scope.mode,
        order_id=row.order_id,
        kind="low_rating",
        cause=feedback,
        opened_at=row.given_at,
        data={"feedback": feedback, "rating": row.rating, "has_comment": row.comment is not None},
        owner=shop.on_duty(row.given_at),
    )
