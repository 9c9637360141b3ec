"""What follows from a request's outcome, whatever it is: it is told once, and the approvers' task is gone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tidings.changes.load import HeldRequest
from tidings.changes.refund import refund_requested
from tidings.changes.tables import RefundRow
from tidings.changes.told import change_snapshot
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.milestones.facts import FactKind
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, fact_of
from tidings.tasks.finish import Cause, drop_tasks

Ending = Literal["carried_out", "declined", "lapsed"]

# Who acts when nobody has to.
POLICY: Final = "policy"


@dataclass(frozen=True, slots=True)
class News:
    """A fact that is told after the decision."""

    kind: FactKind
    about: About = field(default_factory=About)


async def conclude(tx: Tx, held: HeldRequest, ending: Ending, by: By, news: Sequence[News] = ()) -> None:
    """Give the request its outcome, and let everything follow from it and from what was done, in this order.

    Args:
        tx: the transaction that holds the order.
        held: its refund, if any, is written already.
        ending: what it comes to.
        by: whose word it was.
        news: what else happened because of it.
    """
    row = held.row
    row.status, row.decided_at, row.decided_by = ending, by.at, by.actor
    await tx.flush()
    facts = [fact_of(held.order, "change.decided", by, about_change(held))]
    if ending == "carried_out":
        facts.append(fact_of(held.order, "change.carried_out", by, about_change(held)))
    facts += [fact_of(held.order, one.kind, by, one.about) for one in news]
    if held.refund is not None:
        facts.append(refund_requested(held.order, held.refund, by))
    await follow(tx, facts)
    await drop_decision(tx, held, by, why=f"the request is {ending}")


def about_change(held: HeldRequest) -> About:
    """What a fact about a request tells."""
    row = held.row
    data = {
        "change": held.wire_id,
        "kind": row.kind,
        "change_status": row.status,
        "parts": row.parts,
        "rule": row.rule,
        "policy_version": row.policy_version,
        "approvals": [{"actor": one.actor, "outcome": one.outcome} for one in held.approvals],
        "refund": None if row.refund_id is None else wire("rfd", row.refund_id),
    }
    return About(subject=held.wire_id, data=data, snapshot={"change": change_snapshot(held)})


def owe_refund(held: HeldRequest, refund: RefundRow | None) -> None:
    """This goes back because of the request."""
    held.refund = refund
    held.row.refund_id = None if refund is None else refund.id


async def drop_decision(tx: Tx, held: HeldRequest, by: By, *, why: str) -> None:
    """Nobody needs to decide any more."""
    cause = Cause(held.row.storefront_id, tx.scope.mode, "decide_change", held.wire_id)
    await drop_tasks(tx, [cause], why=why, now=by.at)
