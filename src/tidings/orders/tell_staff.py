"""Tells staff of one promise: record, event, task and e-mail, in one transaction, once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from tidings.deadlines.stopped import PROMISE_TASKS
from tidings.deadlines.watch import DueClock, Stage, ToldClock, mark_told
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.rows import json_text
from tidings.milestones.facts import Fact, FactKind, Party
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.storefronts.policy import Desk
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.finish import Cause, drop_tasks
from tidings.tasks.hand_over import hand_over_task
from tidings.tasks.kinds import TaskKind
from tidings.tasks.open import Opening, open_tasks

log = structlog.get_logger(__name__)

_FACTS: Final[dict[Stage, FactKind]] = {
    "warned": "deadline.warned",
    "missed": "deadline.missed",
    "escalated": "deadline.escalated",
}
_AT_RISK, _MISSED = PROMISE_TASKS
_AT_ONCE: Final = timedelta()


async def tell_staff(tx: Tx, stage: Stage, due: DueClock, *, now: datetime) -> bool:
    """Tell staff of one promise, unless somebody has, or it is not so any more; whether it was told.

    Raises:
        NotFound: the order is gone.
    """
    order = await order_for_update(tx, due.order_id)
    shop = await shop_rules(tx, due.storefront_id)
    desk, today = shop.policy.desk, now.astimezone(ZoneInfo(shop.time_zone)).date()
    clock = await mark_told(tx, stage, due, now, escalates_after=_escalates_after(desk, today))
    if clock is None:
        return False
    owner = desk.delegate or desk.owner if stage == "escalated" else desk.on_duty(today)
    await follow(tx, [_fact(order, stage, clock, shop, owner, now)])
    await _give_out(tx, order, stage, clock, owner, now)
    log.info("promise.told", stage=stage, deadline=wire("ddl", clock.id), kind=clock.kind)
    return True


def _escalates_after(desk: Desk, today: date) -> timedelta:
    """At once when the owner is out: nobody else has looked."""
    return _AT_ONCE if desk.is_owner_out(today) else timedelta(minutes=desk.escalate_after_minutes)


def _fact(order: HeldOrder, stage: Stage, clock: ToldClock, shop: ShopRules, owner: str | None, now: datetime) -> Fact:
    deadline: dict[str, Any] = {
        "id": wire("ddl", clock.id),
        "kind": clock.kind,
        "subject_id": clock.subject,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "met_at": clock.met_at,
        "owner": owner,
        "escalated": stage == "escalated",
    }
    about = About(
        subject=deadline["id"],
        data={
            "deadline": deadline["id"],
            "kind": clock.kind,
            "about": clock.subject,
            "due_at": clock.due_at.isoformat(),
            "owner": owner,
        },
        snapshot={"deadline": json_text(deadline)},
    )
    fact = fact_of(order, _FACTS[stage], By("system", now), about)
    return replace(fact, party=_desk_as_party(shop, stage))


def _desk_as_party(shop: ShopRules, stage: Stage) -> Party:
    """Staff is written to in the shop's language, whatever the customer's is; without an address, not at all."""
    desk = shop.policy.desk
    return Party(
        name=shop.name,
        email=desk.delegate_email or desk.email if stage == "escalated" else desk.email,
        phone=None,
        devices=(),
        preferred_channel="email",
        locale=shop.locale,
        time_zone=shop.time_zone,
    )


async def _give_out(tx: Tx, order: HeldOrder, stage: Stage, clock: ToldClock, owner: str | None, now: datetime) -> None:
    """The task that goes with it; a promise that was kept by now, though too late, leaves nothing to do."""
    if stage == "missed":
        await drop_tasks(tx, [_cause(tx, _AT_RISK, clock)], why="the promise was missed", now=now)
    if clock.met_at is not None:
        return
    kind = _AT_RISK if stage == "warned" else _MISSED
    if stage == "escalated" and owner is not None:
        await hand_over_task(tx, _cause(tx, kind, clock), owner=owner, due_at=clock.due_at)
    # Where the first one was closed and the promise still is not kept, a second one.
    await open_tasks(
        tx,
        Opening(
            storefront_id=order.row.storefront_id,
            mode=tx.scope.mode,
            order_id=order.row.id,
            kind=kind,
            cause=wire("ddl", clock.id),
            opened_at=now,
            data={"deadline": wire("ddl", clock.id), "kind": clock.kind, "about": clock.subject},
            owner=owner,
            due_at=clock.escalates_at or clock.due_at,
        ),
    )


def _cause(tx: Tx, kind: TaskKind, clock: ToldClock) -> Cause:
    return Cause(tx.scope.storefront_id, tx.scope.mode, kind, wire("ddl", clock.id))
