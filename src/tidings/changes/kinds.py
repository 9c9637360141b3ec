"""The words of this slice."""

from typing import Literal, get_args

ChangeKind = Literal["cancellation", "modification"]
RequestedBy = Literal["customer", "staff"]
# By which way the request came in.
Via = Literal["api", "email", "phone", "page"]
DecisionOutcome = Literal["approved", "declined"]

RefundMethod = Literal[
    "provider",  # the payment provider is asked to pay back
    "manual",  # a person pays back
]

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
REQUESTED_BY: tuple[RequestedBy, ...] = get_args(RequestedBy)
VIAS: tuple[Via, ...] = get_args(Via)
REFUND_METHODS: tuple[RefundMethod, ...] = get_args(RefundMethod)
