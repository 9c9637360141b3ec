"""Decides a payment or stock check (SOP 4.3): both passed, the order is processed; one failed, somebody acts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.milestones.facts import Fact, FactKind
from tidings.milestones.follow import follow
from tidings.orders.chores import check_cause
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import illegal, move
from tidings.records.queries import last_of_kind
from tidings.tasks.finish import drop_tasks
from tidings.tasks.open import Opening, open_tasks
from tidings.verification.kinds import CheckName, Outcome

_FACTS: Final[dict[CheckName, FactKind]] = {"payment": "payment.checked", "stock": "stock.checked"}


@dataclass(frozen=True, slots=True)
class DecideCheck:
    """This check of that order came to this."""

    order_id: UUID | None
    check: CheckName
    outcome: Outcome
    reason: str | None
    actor: str


async def decide_check(tx: Tx, command: DecideCheck, *, now: datetime) -> HeldOrder:
    """Keep a check's outcome; the same outcome told again changes nothing, another one may follow until processing.

    Raises:
        NotFound: there is no such order.
        IllegalMove: the order is not (or no longer) waiting for its checks.
    """
    order = await order_for_update(tx, command.order_id)
    if await _is_known(tx, order, command):
        return order
    if order.row.status != "received":
        raise illegal(order, "The payment and stock checks are decided while the order is `received`.")
    _keep(order, command, now)
    by = By(command.actor, now)
    facts = [_decided(order, command, by)]
    facts += _processing(order, by)
    await follow(tx, facts)
    await _tell_staff(tx, order, command, now)
    return order


def state_of(order: HeldOrder, check: CheckName) -> str:
    """What a check has come to so far."""
    return order.row.payment_check if check == "payment" else order.row.stock_check


async def _is_known(tx: Tx, order: HeldOrder, command: DecideCheck) -> bool:
    """The same outcome for the same reason: a repeat. For another reason it is news, while the check is open."""
    if state_of(order, command.check) != command.outcome:
        return False
    if order.row.status != "received":
        return True
    told = await last_of_kind(tx, order.row.id, _FACTS[command.check])
    return told is not None and told.data.get("reason") == command.reason


def _keep(order: HeldOrder, command: DecideCheck, now: datetime) -> None:
    if command.check == "payment":
        order.row.payment_check = command.outcome
    else:
        order.row.stock_check = command.outcome
    order.touch(now)


def _decided(order: HeldOrder, command: DecideCheck, by: By) -> Fact:
    data: dict[str, Any] = {"check": command.check, "outcome": command.outcome, "reason": command.reason}
    return fact_of(order, _FACTS[command.check], by, About(data=data))


def _processing(order: HeldOrder, by: By) -> list[Fact]:
    """An order that waits for nothing any more goes on; one on hold waits for its issue."""
    if order.row.on_hold or not order.row.payment_check == order.row.stock_check == "passed":
        return []
    move(order, "processing", by.at)
    return [fact_of(order, "processing.started", by)]


async def _tell_staff(tx: Tx, order: HeldOrder, command: DecideCheck, now: datetime) -> None:
    """A check that failed is a task; one that passes after all takes it away."""
    cause = check_cause(tx, order, command.check)
    if command.outcome == "passed":
        await drop_tasks(tx, [cause], why=f"the {command.check} check has passed", now=now)
        return
    opening = Opening(
        storefront_id=cause.storefront_id,
        mode=cause.mode,
        order_id=order.row.id,
        kind=cause.kind,
        cause=cause.about,
        opened_at=now,
        data={"check": command.check, "reason": command.reason},
    )
    await open_tasks(tx, opening)
