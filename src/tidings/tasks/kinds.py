"""The words of this slice."""

from typing import Literal, get_args

TaskKind = Literal[
    "complete_order",  # an incomplete order: find out what is missing
    "check_failed",  # of the first release: a failed check is an issue now
    "verify_by_hand",  # nobody says (any more) whether it is paid or in stock: find out
    "handle_issue",  # an exception: settle it with the customer, then resolve the issue
    "call_customer",  # no machine reached the customer by phone: read out the script
    "decide_change",  # a request to change or cancel waits for an approver
    "refund_by_hand",  # money must go back, and no provider does it
    "collect_payment",  # a change made the order dearer: collect the rest
    "stop_shipment",  # it was cancelled after a parcel left: call it back if still possible
    "promise_at_risk",  # a promise to the customer is about to be missed
    "promise_missed",  # a promise to the customer was missed
    "message_dead",  # a message that will not go by itself: correct and resend, or tell the customer otherwise
    "message_unrenderable",  # its template cannot be rendered with this order: mend the template, retry
    "message_parked",  # two workers died while holding it: look at it before it is tried again
    "no_connection",  # a channel is planned and has no connection: add one
    "connection_halted",  # the provider says the account is misconfigured
    "reply_received",  # the customer answered: read and reply
    "receipt_overdue",  # the provider promised a receipt that did not come
    "errand_parked",  # something that the machine must do fails again and again: look at it
    "document_not_made",  # a document was issued and its file cannot be made: see why, then retry
    "low_rating",  # a customer was not content: find out why
    "hold_review",  # the procedure is to be reviewed: look at the figures, decide, record the outcome
    "review_follow_up",  # a review has decided this
    "webhook_disabled",  # the shop's own system takes no events any more: mend it, or remove the endpoint
]

TaskStatus = Literal[
    "open",  # nobody has done it yet
    "done",  # somebody told its outcome
    "dropped",  # its cause went away by itself
]

TASK_KINDS: tuple[TaskKind, ...] = get_args(TaskKind)
TASK_STATUSES: tuple[TaskStatus, ...] = get_args(TaskStatus)

# What the person reads first.
SUMMARIES: dict[TaskKind, str] = {
    "complete_order": "Find out what the order still lacks, and complete it",
    "check_failed": "The payment or stock check failed: settle it with the customer, then check again or cancel",
    "verify_by_hand": "It is not known whether the order is paid or in stock: find out, and tell the check",
    "handle_issue": "The order has an issue and is on hold: settle it with the customer, then resolve the issue",
    "call_customer": "Call the customer and read out the script",
    "decide_change": "The customer asks for a change or cancellation: approve or decline it in time",
    "refund_by_hand": "Money must go back to the customer: pay it, then tell the refund's outcome",
    "collect_payment": "The order has become dearer: collect the rest from the customer",
    "stop_shipment": "The order was cancelled after a parcel had left: call the parcel back if still possible",
    "promise_at_risk": "A promise to the customer is about to be missed: keep it, or tell the customer otherwise",
    "promise_missed": "A promise to the customer was missed: tell the customer, and log it",
    "message_dead": "The customer has not got this message: correct the address and resend, or tell them otherwise",
    "message_unrenderable": "The message cannot be rendered with this order: mend the template, then retry it",
    "message_parked": "Workers died while they held this message: look at it, then retry or drop it",
    "no_connection": "A channel is needed and has no connection: add one",
    "connection_halted": "The provider says that the account is misconfigured: mend the connection",
    "reply_received": "The customer has answered: read it and reply",
    "receipt_overdue": "The provider has not said what became of this message: ask it, or the customer",
    "document_not_made": "A document was issued, but its file cannot be made: see why, mend it, then retry the errand",
    "errand_parked": "Something that must be done by machine fails again and again: look at it, then retry it",
    "low_rating": "The customer was not content: read what they say, and find out what to do about it",
    "hold_review": "The procedure is to be reviewed: look at its figures, decide, and record the outcome",
    "review_follow_up": "Do what the review has decided",
    "webhook_disabled": "Events cannot be posted to this address any more: mend it and wake the endpoint, or remove it",
}
