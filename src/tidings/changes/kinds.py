"""The words of this slice."""

from typing import Literal, get_args

ChangeKind = Literal["cancellation", "modification"]
RequestedBy = Literal["customer", "staff"]
# By which way the request came in.
Via = Literal["api", "email", "phone", "page"]
DecisionOutcome = Literal["approved", "declined"]
# What a request came to, as the customer is told.
ChangeOutcome = Literal["approved", "declined", "lapsed"]
# What a person says of a refund.
ManualOutcome = Literal["succeeded", "failed"]

RefundMethod = Literal[
    "provider",  # the payment provider is asked to pay back
    "manual",  # a person pays back
]

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
REQUESTED_BY: tuple[RequestedBy, ...] = get_args(RequestedBy)
VIAS: tuple[Via, ...] = get_args(Via)
REFUND_METHODS: tuple[RefundMethod, ...] = get_args(RefundMethod)
