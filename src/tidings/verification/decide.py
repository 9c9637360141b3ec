"""Decides a payment or stock check (SOP 4.3): both passed, the order is processed; one failed, somebody acts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
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
from tidings.storefronts.shopbook import shop_rules
from tidings.verification.hand_over import take_back
from tidings.verification.kinds import CheckName, Outcome
from tidings.verification.leave import leave_errand

ISSUES: Final[dict[CheckName, IssueKind]] = {"payment": "payment_error", "stock": "out_of_stock"}
FACTS: Final[dict[CheckName, FactKind]] = {"payment": "payment.checked", "stock": "stock.checked"}
_NOT_OPEN: Final = (
    "The payment and stock checks are decided while the order is `received`; whether a cancelled one was paid after "
    "all, until it was."
)


@dataclass(frozen=True, slots=True)
class DecideCheck:
    """This check of that order came to this."""

    order_id: UUID | None
    check: CheckName
    outcome: Outcome
    reason: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a check came to, and why."""

    check: CheckName
    outcome: Outcome
    reason: str | None


async def decide_check(tx: Tx, command: DecideCheck, *, now: datetime) -> HeldOrder:
    """Keep an outcome that somebody tells; told again it changes nothing, another one may follow until processing.

    Of a cancelled order it may still be told whether it was paid; once it was, that is the last word.

    Raises:
        NotFound: there is no such order.
        IllegalMove: the order is not (or no longer) waiting for its checks.
    """
    order = await order_for_update(tx, command.order_id)
    decision, by = Decision(command.check, command.outcome, command.reason), By(command.actor, now)
    if await _is_known(tx, order, decision):
        return order
    if not _is_open(order, command.check):
        raise illegal(order, _NOT_OPEN)
    await decide(tx, order, decision, by)
    if decision.check == "stock" and decision.outcome == "passed":
        await _reserve_all_the_same(tx, order, by)
    return order


async def decide(tx: Tx, order: HeldOrder, decision: Decision, by: By) -> None:
    """Keep a check's outcome, with all that follows from it; part of whoever holds an order that waits for it."""
    if decision.check == "payment":
        order.row.payment_check = decision.outcome
    else:
        order.row.stock_check = decision.outcome
    order.touch(by.at)
    await follow(tx, [_decided(order, decision, by)])
    await take_back(tx, order, decision.check, by)
    if order.row.status == "cancelled":
        # Nobody has to act on it any more; but what was taken goes back.
        if decision.outcome == "passed":
            await leave_errand(tx, order, "refund_cancelled", by)
        return
    await _tell_whom_it_concerns(tx, order, decision, by)
    # Unless the issue that was settled just now has let it go on already.
    await follow(tx, advance(order, by))


def _is_open(order: HeldOrder, check: CheckName) -> bool:
    """Whether its outcome may be told (anew)."""
    if order.row.status == "cancelled":
        return check == "payment" and order.row.payment_check != "passed"
    return order.row.status == "received"


def state_of(order: HeldOrder, check: CheckName) -> str:
    """What a check has come to so far."""
    return order.row.payment_check if check == "payment" else order.row.stock_check


async def _is_known(tx: Tx, order: HeldOrder, decision: Decision) -> bool:
    """The same outcome for the same reason: a repeat. For another reason it is news, while the check is open."""
    if state_of(order, decision.check) != decision.outcome:
        return False
    if order.row.status != "received":
        return True
    told = await last_of_kind(tx, order.row.id, FACTS[decision.check])
    return told is not None and told.data.get("reason") == decision.reason


def _decided(order: HeldOrder, decision: Decision, by: By) -> Fact:
    about = About(
        data={"check": decision.check, "outcome": decision.outcome},
        # Staff's words, or the provider's.
        words={"reason": decision.reason},
    )
    return fact_of(order, FACTS[decision.check], by, about)


async def _tell_whom_it_concerns(tx: Tx, order: HeldOrder, decision: Decision, by: By) -> None:
    """A check that failed is an issue, of which the customer is told; one that passes after all settles it."""
    kind = ISSUES[decision.check]
    if decision.outcome == "passed":
        await resolve_about(tx, order, kind, decision.check, by)
        return
    await open_issue(tx, order, OpenIssue(kind=kind, about=decision.check, reason=decision.reason), by)


async def _reserve_all_the_same(tx: Tx, order: HeldOrder, by: By) -> None:
    """Somebody says that the goods are there: of those that the ledger has, the order gets its own."""
    rules = await shop_rules(tx, order.row.storefront_id)
    if rules.policy.verification.stock != "ledger":
        return
    await leave_errand(tx, order, "check_stock", by)
