"""Requests and refunds as callers see them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from tidings.changes.kinds import ChangeKind, ChangeOutcome, DecisionOutcome, RefundMethod, RequestedBy, Via
from tidings.changes.states import ChangeStatus, RefundStatus
from tidings.kit.money import Money
from tidings.storefronts.policy import ChangePart, PolicyDocument

_ORDER = "ord_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"
_CHANGE = "chg_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"
_REFUND = "rfd_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"


class Approval(BaseModel):
    """One word on a request: who, when, why, and under which rule."""

    actor: str = Field(description="Who; `policy` when it was decided by itself", examples=["staff/42"])
    outcome: DecisionOutcome = Field(description="What they said", examples=["approved"])
    reason: str | None = Field(description="Why", examples=["nothing is packed yet"])
    refund: Money | None = Field(description="The amount to pay back that they named")
    policy_version: int = Field(description="The version of the shop's rules that it was decided by", examples=[3])
    rule: str = Field(description="The policy's field that settled who decides", examples=["changes.lines.approval"])
    at: datetime = Field(description="When")


class AppliedPolicy(BaseModel):
    """The company's policy as it was applied."""

    version: int = Field(description="The version of the shop's rules when the request came in", examples=[3])
    rule: str = Field(description="The policy's field that settled it", examples=["changes.lines.approval"])
    document: PolicyDocument | None = Field(description="Where the company has it written down")


class RefundOfChange(BaseModel):
    """The money that goes back because of a request."""

    id: str = Field(description="Its id", examples=[_REFUND])
    amount: Money = Field(description="How much")
    status: RefundStatus = Field(description="Where it stands", examples=["requested"])


class ChangeRequest(BaseModel):
    """A wish to change or cancel an order, and what became of it."""

    id: str = Field(description="Its id", examples=[_CHANGE])
    order_id: str = Field(description="The order's id", examples=[_ORDER])
    kind: ChangeKind = Field(description="What is wanted", examples=["cancellation"])
    status: ChangeStatus = Field(description="Where it stands", examples=["pending"])
    reason: str | None = Field(description="Why, in the words of whoever asks", examples=["ordered twice"])
    changes: dict[str, Any] = Field(description="What is to be different; empty for a cancellation", examples=[{}])
    parts: list[ChangePart] = Field(description="What it is about, as the policy names it", examples=[["cancellation"]])
    requested_by: RequestedBy = Field(description="Who wants it", examples=["customer"])
    via: Via = Field(description="By which way it came in", examples=["phone"])
    actor: str = Field(description="Who put it in; does not approve it", examples=["staff/7"])
    requested_at: datetime = Field(description="When: its clocks start here")
    acknowledge_by: datetime = Field(description="The customer is told by then that it came in: 1 business hour")
    decide_by: datetime = Field(description="To be decided by then, so that an hour is left to tell the customer")
    notify_by: datetime = Field(description="The customer is told the outcome by then: 24 hours")
    policy: AppliedPolicy
    needs_approvals: int = Field(description="How many different people must approve; 0: none", examples=[1])
    approvals: list[Approval] = Field(description="Who has said what, the first one first")
    outcome: ChangeOutcome | None = Field(description="What it came to; null: nothing yet, or withdrawn")
    decided_at: datetime | None
    decided_by: str | None = Field(description="`policy`, or who had the last word", examples=["staff/42"])
    decision_reason: str | None = Field(description="As the customer reads it")
    refund: RefundOfChange | None = Field(description="What goes back; null: nothing")


class Refund(BaseModel):
    """Money that goes back to the customer."""

    id: str = Field(description="Its id", examples=[_REFUND])
    order_id: str = Field(description="The order's id", examples=[_ORDER])
    request_id: str | None = Field(
        description="The request that it follows from; null: the shop's own cancellation", examples=[_CHANGE]
    )
    amount: Money = Field(description="How much")
    status: RefundStatus = Field(description="Where it stands", examples=["requested"])
    method: RefundMethod = Field(description="Who pays it back", examples=["manual"])
    reason: str | None = Field(description="Why it goes back", examples=["cancellation"])
    reference: str | None = Field(
        description="What the payment provider calls it, or the person who paid", examples=["re_3Nw"]
    )
    failure: str | None = Field(description="Why it could not be paid", examples=["charge disputed"])
    requested_at: datetime = Field(description="When")
    requested_by: str = Field(description="By whom; `policy` when by itself", examples=["staff/42"])
    settled_at: datetime | None = Field(description="When its outcome was known")
    settled_by: str | None = Field(description="By whose word", examples=["provider"])
