"""Tells of a review: record, event and, where the table says so, an e-mail to the shop's desk.

A review concerns the shop and no order, and both of its modes; what follows from it is written in live mode.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.kit.rows import json_text
from tidings.kit.scope import Scope
from tidings.milestones.facts import Fact, FactKind, Party
from tidings.milestones.follow import follow
from tidings.orders.load import By
from tidings.reviews.schemas import summary_of
from tidings.reviews.tables import ReviewCauseRow, ReviewRow
from tidings.storefronts.rules import ShopRules
from tidings.tasks.finish import Cause
from tidings.tasks.open import Opening

MODE: Final[Mode] = "live"


async def tell(
    tx: Tx, row: ReviewRow, kind: FactKind, by: By, shop: ShopRules, causes: Sequence[ReviewCauseRow]
) -> None:
    """Write a fact about a review whose row is locked; takes the next place among its facts."""
    row.last_seq += 1
    review = wire("rev", row.id)
    told = json.loads(summary_of(row, list(causes)).model_dump_json()) | {"stage": kind.partition(".")[2]}
    fact = Fact(
        kind=kind,
        scope=Scope(row.storefront_id, MODE),
        order_id=row.id,
        order_seq=row.last_seq,
        subject=review,
        at=by.at,
        actor=by.actor,
        snapshot=json_text({"review": told}),
        party=_desk(shop, is_escalated=kind == "review.escalated"),
        data=_data(row, causes),
        is_of_order=False,
    )
    await tx.flush()
    await follow(tx, [fact])


def _data(row: ReviewRow, causes: Sequence[ReviewCauseRow]) -> Mapping[str, Any]:
    """For the record: what was said in the outcome stays beside it."""
    return {
        "review": wire("rev", row.id),
        "status": row.status,
        "due_at": row.due_at.isoformat(),
        "owner": row.owner,
        "causes": [{"kind": cause.kind, "key": cause.dedupe_key} for cause in causes],
        "follow_ups": len(row.follow_ups),
    }


def _desk(shop: ShopRules, *, is_escalated: bool) -> Party:
    """Staff is written to in the shop's language; without an address, not at all."""
    desk = shop.policy.desk
    return Party(
        name=shop.name,
        email=desk.delegate_email or desk.email if is_escalated else desk.email,
        phone=None,
        devices=(),
        preferred_channel="email",
        locale=shop.locale,
        time_zone=shop.time_zone,
    )


def task_of(row: ReviewRow) -> Cause:
    """The task to hold it."""
    return Cause(row.storefront_id, MODE, "hold_review", wire("rev", row.id))


def opening_of(row: ReviewRow, by: By, causes: Sequence[ReviewCauseRow]) -> Opening:
    """The same, to be opened."""
    review = wire("rev", row.id)
    return Opening(
        storefront_id=row.storefront_id,
        mode=MODE,
        order_id=None,
        kind="hold_review",
        cause=review,
        opened_at=by.at,
        data={"review": review, "causes": kinds_of(causes)},
        owner=row.owner,
        due_at=row.due_at,
    )


def kinds_of(causes: Sequence[ReviewCauseRow]) -> list[str]:
    """What kinds of causes there are, each once."""
    return list(dict.fromkeys(cause.kind for cause in causes))
