"""Writes down one word on a request: who, when, why, and under which version and rule of the policy."""

from dataclasses import dataclass
from datetime import datetime

from tidings.changes.kinds import DecisionOutcome
from tidings.changes.load import HeldRequest
from tidings.changes.rules import Hand
from tidings.changes.tables import ApprovalRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says of a request."""

    hand: Hand
    outcome: DecisionOutcome
    # As the customer reads it.
    reason: str | None = None
    # What is to go back, if it is named: minor units of the order's currency.
    refund: int | None = None


def write_word(tx: Tx, held: HeldRequest, word: Word, at: datetime) -> None:
    """Add it to the request in hand; nobody takes it back."""
    row = held.row
    approval = ApprovalRow(
        storefront_id=row.storefront_id,
        order_id=row.order_id,
        id=new_id(),
        request_id=row.id,
        actor=word.hand.actor,
        principal=word.hand.principal,
        outcome=word.outcome,
        reason=word.reason,
        refund=word.refund,
        policy_version=row.policy_version,
        rule=row.rule,
        at=at,
    )
    tx.session.add(approval)
    held.approvals.append(approval)
