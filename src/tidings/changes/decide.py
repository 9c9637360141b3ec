"""Decides a request (SOP 4.5): one declines, as many as the policy asks for approve, and never who put it in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.changes.approve import Word, write_word
from tidings.changes.carry_out import carry_out
from tidings.changes.errors import ApprovedAlready, RequesterApproves
from tidings.changes.late import late_parts
from tidings.changes.load import HeldRequest, overtaken, refuse_decided, request_for_update
from tidings.changes.outcome import conclude
from tidings.changes.refund import refuse_too_high
from tidings.changes.rules import Hand, may_be_requester, may_be_same
from tidings.kit.db import Tx
from tidings.kit.money import Money
from tidings.kit.problem import Fault, InvalidInput
from tidings.orders.load import By
from tidings.records.append import Entry, append


@dataclass(frozen=True, slots=True)
class DecideChange:
    """Somebody's word on a request."""

    request_id: UUID | None
    word: Word
    # The currency in which a refund is named.
    currency: str | None = None

    @classmethod
    def of(cls, request_id: UUID | None, word: Word, refund: Money | None) -> "DecideChange":
        """A word, with what is to go back if it is named."""
        if refund is None:
            return cls(request_id, word)
        return cls(request_id, Word(word.hand, word.outcome, word.reason, refund.amount), refund.currency)


async def decide_change(tx: Tx, command: DecideChange, *, now: datetime) -> HeldRequest:
    """Take the word down; with the last one that is needed, the request is carried out in the same transaction.

    The policy is that of the request; where the order stands is judged now.

    Raises:
        NotFound: there is no such request.
        ChangeDecided: somebody was quicker.
        RequesterApproves, ApprovedAlready: these hands may not approve (again).
        ChangeOvertaken: approved, but not possible any more.
        InvalidInput, RefundTooHigh: the refund that is named cannot be.
    """
    held = await request_for_update(tx, command.request_id)
    refuse_decided(held)
    word, by = command.word, By(command.word.hand.actor, now)
    if word.outcome == "approved":
        await _approve(tx, held, command, by)
        return held
    if word.refund is not None:
        raise InvalidInput(faults=[Fault("/refund", "must be absent: nothing goes back when it is declined")])
    write_word(tx, held, word, now)
    held.row.decision_reason = word.reason
    await conclude(tx, held, "declined", by)
    return held


async def _approve(tx: Tx, held: HeldRequest, command: DecideChange, by: By) -> None:
    word = command.word
    _refuse_same_hands(held, word.hand)
    _refuse_overtaken(held)
    refund = await _agreed_refund(tx, held, command)
    write_word(tx, held, word, by.at)
    if sum(one.outcome == "approved" for one in held.approvals) < held.row.needs_approvals:
        await append(tx, _half_way(tx, held, by))
        return
    held.row.decision_reason = word.reason
    await carry_out(tx, held, by, refund)


def _refuse_same_hands(held: HeldRequest, hand: Hand) -> None:
    if may_be_requester(hand, held.requester):
        raise RequesterApproves(change_request=held.wire_id, requester=held.row.actor)
    if any(may_be_same(hand, Hand(one.actor, one.principal)) for one in held.approvals):
        raise ApprovedAlready(change_request=held.wire_id, approved_by=[one.actor for one in held.approvals])


def _refuse_overtaken(held: HeldRequest) -> None:
    late = late_parts(held.order, held.row, held.book.policy.changes)
    if late:
        raise overtaken(held, f"The order is {held.order.row.status} by now: too late for {', '.join(late)}.")


async def _agreed_refund(tx: Tx, held: HeldRequest, command: DecideChange) -> int | None:
    """What goes back, where an approver has named it: the second one approves the first one's amount, or none."""
    named, currency = command.word.refund, held.order.row.currency
    before = next((one.refund for one in held.approvals if one.refund is not None), None)
    if named is None:
        return before
    if command.currency != currency:
        raise InvalidInput(faults=[Fault("/refund/amount/currency", f"must be the order's: {currency}")])
    if held.approvals and named != before:
        detail = "must be what the first approver has named" if before is not None else "was not named at first"
        raise InvalidInput(faults=[Fault("/refund/amount/amount", detail)])
    await refuse_too_high(tx, held.order, named)
    return named


def _half_way(tx: Tx, held: HeldRequest, by: By) -> Entry:
    """The record of an approval that is not the last one."""
    row = held.row
    data = {
        "change": held.wire_id,
        "approvals": len(held.approvals),
        "needs": row.needs_approvals,
        "rule": row.rule,
        "policy_version": row.policy_version,
    }
    return Entry(row.storefront_id, row.order_id, tx.scope.mode, "change.approved", held.wire_id, by.actor, by.at, data)
