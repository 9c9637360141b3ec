"""Opens a review, or lets further causes join the one that is open."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.kit.ids import new_id
from tidings.orders.load import By
from tidings.reviews.changes import Cause
from tidings.reviews.gather import gathered
from tidings.reviews.load import causes_of
from tidings.reviews.rules import clock_of
from tidings.reviews.tables import ReviewCauseRow, ReviewRow
from tidings.reviews.tell import kinds_of, opening_of, task_of, tell
from tidings.storefronts.queries import storefront
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.open import open_tasks
from tidings.tasks.renew import renew_tasks


async def open_review(tx: Tx, causes: Collection[Cause], by: By) -> ReviewRow | None:
    """Let these causes open a review of the transaction's storefront, or join the open one.

    Part of whoever holds the storefront's watch (watch.py), so that nobody opens a second one.

    Returns:
        The review; None where every cause has been taken before.
    """
    fresh = await _not_taken(tx, causes)
    if not fresh:
        return None
    shop = await shop_rules(tx, tx.scope.storefront_id)
    row = await open_one(tx, lock=True)
    if row is not None:
        await _join(tx, row, fresh, by, shop)
        return row
    return await _opened(tx, fresh, by, shop)


async def _not_taken(tx: Tx, causes: Collection[Cause]) -> list[Cause]:
    """By the unique key."""
    wanted = select(ReviewCauseRow.dedupe_key).where(
        ReviewCauseRow.storefront_id == tx.scope.storefront_id,
        ReviewCauseRow.dedupe_key.in_([cause.key for cause in causes]),
    )
    taken = set(await tx.session.scalars(wanted))
    return [cause for cause in causes if cause.key not in taken]


async def open_one(tx: Tx, *, lock: bool = False) -> ReviewRow | None:
    """The review of the transaction's storefront that has no outcome yet, if there is one."""
    wanted = select(ReviewRow).where(ReviewRow.storefront_id == tx.scope.storefront_id, ReviewRow.status == "open")
    return (await tx.session.scalars(wanted.with_for_update() if lock else wanted)).one_or_none()


async def _opened(tx: Tx, causes: Sequence[Cause], by: By, shop: ShopRules) -> ReviewRow:
    row = await _row(tx, by, shop)
    tx.session.add(row)
    await tx.flush()
    rows = _add_causes(tx, row, causes)
    await tell(tx, row, "review.opened", by, shop, rows)
    await open_tasks(tx, opening_of(row, by, rows))
    return row


async def _join(tx: Tx, row: ReviewRow, causes: Sequence[Cause], by: By, shop: ShopRules) -> None:
    """Whoever holds it finds them with it; its figures and its clock stay as they are."""
    rows = [*(await causes_of(tx, row.id))[row.id], *_add_causes(tx, row, causes)]
    await tell(tx, row, "review.joined", by, shop, rows)
    await renew_tasks(tx, [task_of(row)], {"causes": kinds_of(rows)})


def _add_causes(tx: Tx, review: ReviewRow, causes: Sequence[Cause]) -> list[ReviewCauseRow]:
    rows = [
        ReviewCauseRow(
            storefront_id=review.storefront_id,
            id=new_id(),
            review_id=review.id,
            kind=cause.kind,
            dedupe_key=cause.key,
            about=dict(cause.about),
            actor=cause.actor,
            at=cause.at,
        )
        for cause in causes
    ]
    tx.session.add_all(rows)
    return rows


async def _row(tx: Tx, by: By, shop: ShopRules) -> ReviewRow:
    rules = shop.policy.reviews
    clock = clock_of(
        by.at,
        due_within=rules.due_within,
        remind_before=rules.remind_before,
        escalate_after=rules.escalate_after,
    )
    figures = await gathered(tx, await _since(tx), by.at, shop.time_zone)
    return ReviewRow(
        storefront_id=shop.storefront_id,
        id=new_id(),
        status="open",
        opened_at=by.at,
        opened_by=by.actor,
        input=figures.model_dump(mode="json"),
        owner=shop.on_duty(by.at),
        warns_at=clock.warns_at,
        due_at=clock.due_at,
        escalates_at=clock.escalates_at,
        follow_ups=[],
        last_seq=0,
    )


async def _since(tx: Tx) -> datetime:
    """When the last review was opened; when the shop was, before the first."""
    last = select(ReviewRow.opened_at).where(ReviewRow.storefront_id == tx.scope.storefront_id)
    found: datetime | None = await tx.session.scalar(last.order_by(ReviewRow.id.desc()).limit(1))
    return found or (await storefront(tx)).created_at
