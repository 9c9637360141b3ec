"""Receives a request to change or cancel an order (SOP 4.5): acknowledged at once, and decided if the policy can."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tidings.changes.approve import Word, write_word
from tidings.changes.book import Book, present_book
from tidings.changes.carry_out import carry_out
from tidings.changes.kinds import ChangeKind, RequestedBy, Via
from tidings.changes.late import takes_off
from tidings.changes.load import HeldRequest, setting_of
from tidings.changes.outcome import POLICY, about_change, conclude
from tidings.changes.patch import patched
from tidings.changes.rules import Hand, Judgement, Standing, judge
from tidings.changes.sent import faults_of_sent
from tidings.changes.tables import ChangeRequestRow
from tidings.changes.words import too_late
from tidings.kit.db import Tx
from tidings.kit.ids import new_id
from tidings.kit.problem import Fault, InvalidInput
from tidings.milestones.follow import follow, promised_by
from tidings.orders.load import By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import illegal, status_of
from tidings.orders.ports import Article
from tidings.shipments.load import parcels_of
from tidings.storefronts.policy import ChangePart
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.open import Opening, open_tasks

_ENDED: Final = frozenset({"completed", "cancelled"})
# A decision in the last hour of the 24 would leave no time to tell the customer, by phone if need be.
_TO_TELL: Final = timedelta(hours=1)
_MACHINE: Final = Hand(POLICY, POLICY)


@dataclass(frozen=True, slots=True)
class RequestChange:
    """Somebody wants this of an order."""

    order_id: UUID | None
    kind: ChangeKind
    reason: str | None
    requested_by: RequestedBy
    via: Via
    hand: Hand
    # A JSON Merge Patch; empty for a cancellation.
    changes: Mapping[str, Any] = field(default_factory=dict)
    # What the shop sells of what is to be ordered; None: anything may be.
    articles: Mapping[str, Article] | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the request comes down to."""

    parts: tuple[ChangePart, ...]
    # What the order would cost.
    total: int


async def request_change(tx: Tx, command: RequestChange, *, now: datetime) -> HeldRequest:
    """Take the request in, whatever becomes of it: what the policy excludes is declined by it, with its rule.

    Raises:
        NotFound: there is no such order.
        IllegalMove: the order has ended; or it is to be modified and lacks something still.
        InvalidInput: the changed order would not be right, or not be different.
    """
    order = await order_for_update(tx, command.order_id)
    _refuse_ended(order, command)
    wish = await _wish(tx, order, command, now)
    shop = await shop_rules(tx, order.row.storefront_id)
    book = await present_book(tx, shop)
    is_less, total = takes_off(order, command.changes), max(order.row.total, wish.total)
    standing = Standing(status_of(order), total, order.row.received_at, is_less=is_less)
    judgement = judge(wish.parts, standing, book.policy.changes, now)
    held = HeldRequest(order, _row(order, command, wish, shop, now), [], book)
    _judged(held.row, judgement, book)
    tx.session.add(held.row)
    await tx.flush()
    by = By(command.hand.actor, now)
    await follow(tx, [fact_of(order, "change.requested", by, about_change(held))])
    await _decide(tx, held, judgement, shop, now)
    return held


def _refuse_ended(order: HeldOrder, command: RequestChange) -> None:
    if order.row.status in _ENDED:
        raise illegal(order, "The order has ended: it is neither changed nor cancelled any more.")
    if order.row.status == "incomplete" and command.kind == "modification":
        raise illegal(order, "The order lacks something still: whatever is to be different is set by PATCH.")


async def _wish(tx: Tx, order: HeldOrder, command: RequestChange, now: datetime) -> _Wish:
    if command.kind == "cancellation":
        if command.changes:
            raise InvalidInput(faults=[Fault("/changes", "must be absent: a cancellation changes nothing")])
        return _Wish(("cancellation",), order.row.total)
    if not command.changes:
        raise InvalidInput(faults=[Fault("/changes", "is required: what is to be different")])
    where = replace(await setting_of(tx, order, now), articles=command.articles)
    found = patched(order, command.changes, where)
    faults = found if isinstance(found, list) else faults_of_sent(await parcels_of(tx, order), found)
    if faults or isinstance(found, list):
        raise InvalidInput(faults=faults)
    return _Wish(found.parts, found.checked.total)


def _row(order: HeldOrder, command: RequestChange, wish: _Wish, shop: ShopRules, now: datetime) -> ChangeRequestRow:
    notify_by = promised_by("change_decided", shop, now)
    return ChangeRequestRow(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=new_id(),
        mode=order.row.mode,
        kind=command.kind,
        status="pending",
        reason=command.reason,
        changes=dict(command.changes),
        parts=list(wish.parts),
        requested_by=command.requested_by,
        via=command.via,
        actor=command.hand.actor,
        principal=command.hand.principal,
        requested_at=now,
        acknowledge_due_at=promised_by("change_acknowledged", shop, now),
        decide_due_at=notify_by - _TO_TELL,
        notify_due_at=notify_by,
        decided_at=None,
        decided_by=None,
        decision_reason=None,
        refund_id=None,
        price_change=None,
    )


def _judged(row: ChangeRequestRow, judgement: Judgement, book: Book) -> None:
    row.policy_version, row.rule, row.needs_approvals = book.version, judgement.rule, judgement.approvals


async def _decide(tx: Tx, held: HeldRequest, judgement: Judgement, shop: ShopRules, now: datetime) -> None:
    """What the policy can decide, it does; everything else is somebody's task."""
    by = By(POLICY, now)
    match judgement.verdict:
        case "declined":
            held.row.decision_reason = too_late(held.order.row.locale)
            write_word(tx, held, Word(_MACHINE, "declined"), now)
            await conclude(tx, held, "declined", by)
        case "automatic":
            write_word(tx, held, Word(_MACHINE, "approved"), now)
            await carry_out(tx, held, by)
        case "approvers":
            await open_tasks(tx, _task(tx, held, shop))


def _task(tx: Tx, held: HeldRequest, shop: ShopRules) -> Opening:
    row = held.row
    return Opening(
        storefront_id=row.storefront_id,
        mode=tx.scope.mode,
        order_id=row.order_id,
        kind="decide_change",
        cause=held.wire_id,
        opened_at=row.requested_at,
        data={"change": held.wire_id, "kind": row.kind, "parts": row.parts, "approvals": row.needs_approvals},
        owner=shop.on_duty(row.requested_at),
        due_at=row.decide_due_at,
    )
