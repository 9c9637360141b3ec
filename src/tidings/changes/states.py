"""Where a request and a refund stand, and which way they may go."""

from typing import Literal, get_args

ChangeStatus = Literal[
    "pending",  # acknowledged; waits for a decision, or for the second approval
    "declined",  # decided: no
    "withdrawn",  # whoever asked does not want it any more
    "lapsed",  # overtaken before it was decided: by another change, the order's end, or parcels that have left
    "carried_out",  # approved, and done in the same transaction
]

RefundStatus = Literal[
    "requested",  # written down; the provider will be asked, or a person does it
    "pending",  # the provider has taken it and has not said what became of it
    "succeeded",  # the money went back
    "failed",  # it could not; a person has a task
]

CHANGE_STATUSES: tuple[ChangeStatus, ...] = get_args(ChangeStatus)
REFUND_STATUSES: tuple[RefundStatus, ...] = get_args(RefundStatus)

NEXT_OF_CHANGE: dict[ChangeStatus, dict[ChangeStatus, str]] = {
    "pending": {
        "carried_out": "approve",
        "declined": "decline",
        "withdrawn": "withdraw",
        "lapsed": "overtake",
    },
    "declined": {},
    "withdrawn": {},
    "lapsed": {},
    "carried_out": {},
}

NEXT_OF_REFUND: dict[RefundStatus, dict[RefundStatus, str]] = {
    "requested": {"pending": "take", "succeeded": "pay", "failed": "refuse"},
    "pending": {"succeeded": "pay", "failed": "refuse"},
    "succeeded": {},
    # A person may still pay what the provider could not.
    "failed": {"succeeded": "pay"},
}
