"""The words of this slice."""

from typing import Literal, get_args

IssueKind = Literal[
    "payment_error",  # the payment check failed
    "out_of_stock",  # the stock check failed
    "address_problem",  # it cannot be delivered there
    "delivery_exception",  # the carrier is held up, or has brought it back
    "other",
]

IssueStatus = Literal[
    "open",  # the order is on hold
    "resolved",  # settled; the hold is lifted with the last one
]

ISSUE_KINDS: tuple[IssueKind, ...] = get_args(IssueKind)
ISSUE_STATUSES: tuple[IssueStatus, ...] = get_args(IssueStatus)
