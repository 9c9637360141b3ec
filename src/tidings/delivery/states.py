"""What became of a message, an attempt, a receipt: words, and the pure functions that derive one from the others.

Status is a function of the *set* of receipts, never of the order in which they came; so late, repeated and reversed
ones cannot harm.
"""

from collections.abc import Iterable
from typing import Literal, get_args

ReceiptStatus = Literal[
    "accepted",  # the provider took it
    "sent",  # it left the provider towards the customer
    "deferred",  # the customer's side said "later"; the provider goes on trying
    "failed",  # it will not arrive, and the address is not to blame
    "delivered",  # it arrived
    "bounced",  # the address does not work
    "complained",  # the customer called it spam: beside the others, suppresses
    "opted_out",  # the customer said STOP: beside the others, suppresses
]

AttemptStatus = Literal[
    "started",  # written before the send leaves; only a crash leaves it here
    "uncertain",  # the send may or may not have reached the provider
    "accepted",  # the provider took it: its answer to the send, or a receipt, said so
    "sent",  # from here on as the receipts of these names
    "deferred",  # still on its way
    "failed",  # refused, or given up by the provider
    "delivered",  # arrived
    "bounced",  # did not arrive after all, because of the address
]

MessageStatus = Literal[
    "pending",  # owed; waits for its turn, its time, or a connection
    "sending",  # an attempt is under way, or one more will follow
    "sent",  # a provider has accepted an attempt
    "delivered",  # an attempt has arrived
    "failed",  # dead: no attempt arrived and none will follow by itself; a task is open, it can be replayed
    "superseded",  # a newer fact made it pointless before it left
    "suppressed",  # the address must not be used, and there is no other
    "cancelled",  # somebody took it back before it left, or has told the customer instead
]

RECEIPT_STATUSES: tuple[ReceiptStatus, ...] = get_args(ReceiptStatus)
ATTEMPT_STATUSES: tuple[AttemptStatus, ...] = get_args(AttemptStatus)
MESSAGE_STATUSES: tuple[MessageStatus, ...] = get_args(MessageStatus)

# A message in one of these may still leave by itself.
OPEN: frozenset[MessageStatus] = frozenset({"pending", "sending"})

_STRENGTH: dict[str, int] = {status: strength for strength, status in enumerate(ATTEMPT_STATUSES)}


def strongest(statuses: Iterable[str]) -> AttemptStatus:
    """The attempt's status: the strongest of the answer to the send and of all its receipts.

    Complaints and opt-outs stand beside the scale and do not count here.
    """
    strength = max((_STRENGTH[status] for status in statuses if status in _STRENGTH), default=0)
    return ATTEMPT_STATUSES[strength]


def message_status(attempts: Iterable[AttemptStatus], *, carries_on: bool) -> MessageStatus:
    """A message's status, from all of its attempts.

    Args:
        attempts: the status of each attempt so far.
        carries_on: another attempt is scheduled (there is work for it in the outbox).
    """
    seen = set(attempts)
    if "delivered" in seen:
        return "delivered"
    if seen & {"accepted", "sent", "deferred"}:
        return "sent"
    if carries_on or seen & {"started", "uncertain"}:
        return "sending" if seen else "pending"
    return "failed"
