"""The words of this slice."""

from typing import Literal, get_args

TaskKind = Literal[
    "complete_order",  # an incomplete order: find out what is missing
    "check_failed",  # the payment or stock check failed: settle it with the customer, check again, or cancel
    "message_dead",  # a message that will not go by itself: correct and resend, or tell the customer otherwise
    "message_unrenderable",  # its template cannot be rendered with this order: mend the template, retry
    "message_parked",  # two workers died while holding it: look at it before it is tried again
    "no_connection",  # a channel is planned and has no connection: add one
    "connection_halted",  # the provider says the account is misconfigured
    "reply_received",  # the customer answered: read and reply
    "receipt_overdue",  # the provider promised a receipt that did not come
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
    "message_dead": "The customer has not got this message: correct the address and resend, or tell them otherwise",
    "message_unrenderable": "The message cannot be rendered with this order: mend the template, then retry it",
    "message_parked": "Workers died while they held this message: look at it, then retry or drop it",
    "no_connection": "A channel is needed and has no connection: add one",
    "connection_halted": "The provider says that the account is misconfigured: mend the connection",
    "reply_received": "The customer has answered: read it and reply",
    "receipt_overdue": "The provider has not said what became of this message: ask it, or the customer",
}
