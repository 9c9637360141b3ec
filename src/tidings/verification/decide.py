"""Decides a payment or stock check (SOP 4.3): both passed, the order is processed; one failed, somebody acts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.issues.kinds import IssueKind
from tidings.issues.open import OpenIssue, open_issue
from tidings.issues.resolve import resolve_about
from tidings.kit.db import Tx
from tidings.milestones.facts import Fact, FactKind
from tidings.milestones.follow import follow
from tidings.orders.advance import advance
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import illegal
from tidings.records.queries import last_of_kind
from tidings.verification.kinds import CheckName, Outcome

_ISSUES: Final[dict[CheckName, IssueKind]] = {"payment": "payment_error", "stock": "out_of_stock"}
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
    await follow(tx, [_decided(order, command, by)])
    await _tell_whom_it_concerns(tx, order, command, by)
    # Unless the issue that was settled just now has let it go on already.
    await follow(tx, advance(order, by))
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


async def _tell_whom_it_concerns(tx: Tx, order: HeldOrder, command: DecideCheck, by: By) -> None:
    """A check that failed is an issue, of which the customer is told; one that passes after all settles it."""
    kind = _ISSUES[command.check]
    if command.outcome == "passed":
        await resolve_about(tx, order, kind, command.check, by)
        return
    await open_issue(tx, order, OpenIssue(kind=kind, about=command.check, reason=command.reason), by)
