"""The words of this slice."""

from typing import Literal, get_args

# What the machine must do after a commit, beside sending messages (docs/decisions/0014).
ErrandKind = Literal[
    "check_payment",  # ask whoever knows whether the order is paid
    "check_stock",  # reserve its goods in our own ledger, or ask whoever knows
    "commit_stock",  # a parcel has left: its goods are gone from the ledger
    "release_stock",  # the order will not be shipped: its reservations end
    "expire_unpaid",  # still unpaid by now: cancelled, if the shop's policy says so
    "close_order",  # delivered for so many days: completed, if the shop's policy says so
    "review_changes",  # the order has moved on: requests that it overtook are decided
    "refund_cancelled",  # an order was cancelled: what was paid for it, or proves to be, goes back
    "carry_refund",  # have the payment provider pay back
    "make_document",  # issued and numbered: its file is to be made
    "credit_cancelled",  # an invoiced order was cancelled: a credit note takes the invoice back
    "make_export",  # somebody wants all that is known of them
    "erase_person",  # somebody wants to be forgotten
    "ask_feedback",  # completed for so many days: the customer is asked how it was, if the shop's policy says so
]

ERRAND_KINDS: tuple[ErrandKind, ...] = get_args(ErrandKind)
