"""The words of this slice."""

from typing import Literal, get_args

TaskKind = Literal[
    "complete_order",  # an incomplete order: find out what is missing
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
