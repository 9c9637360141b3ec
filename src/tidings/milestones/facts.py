"""What happened. A fact carries a full snapshot, so that whatever follows from it tells of that very moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from tidings.kit.db import Scope
from tidings.records.words import Words
from tidings.storefronts.kinds import Milestone

FactKind = Literal[
    "order.placed",  # received and complete: its confirmation is owed from this commit on
    "order.left_incomplete",  # received, but something is missing
    "order.made_complete",  # what was missing has come: from here on like placed
    "order.amended",  # corrected by staff, in nothing that the customer must be told of
    "order.changed",  # what was bought, where it goes or when it comes has changed
    "contact.changed",  # the customer is reached elsewhere: told there
    "contact.left",  # the same, told where the customer was reached before
    "payment.checked",
    "stock.checked",
    "processing.started",  # both checks passed
    "issue.opened",  # an exception: the order is on hold
    "issue.changed",  # somebody else settles it, or by another time
    "issue.escalated",  # not settled in time: it went on to somebody else
    "issue.resolved",
    "change.requested",  # a modification or cancellation is asked for
    "change.decided",  # approved, declined, or overtaken by events
    "change.withdrawn",
    "change.carried_out",  # what was approved is done
    "refund.requested",  # money is to go back
    "refund.settled",  # it went back, or could not
    "shipment.dispatched",
    "shipment.moved",  # a tracking event that is none of the following
    "shipment.excepted",  # the carrier is held up
    "shipment.returned",  # the parcel came back to the shop
    "shipment.delivered",
    "order.cancelled",
    "order.closed",  # completed: nothing more will be done
    "document.issued",  # an invoice, receipt, warranty or credit note has its number
    "document.made",  # and its file
    "note.written",
    "communication.logged",  # something said to or by the customer elsewhere
    "deadline.warned",  # a promise is about to be missed
    "deadline.missed",
    "deadline.escalated",  # and went on to somebody else
    "feedback.requested",  # it is time to ask the customer how it was
    "feedback.given",
    # About the procedure itself, and no order (Fact.is_of_order):
    "review.opened",
    "review.joined",  # there is one more reason for the one that is open
    "review.warned",  # it is about to be late
    "review.missed",
    "review.escalated",  # and went on to somebody else
    "review.concluded",
]

FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)


@dataclass(frozen=True, slots=True)
class Party:
    """The customer (or, for what concerns staff alone, the shop's desk) as far as reaching them goes."""

    name: str | None
    email: str | None
    phone: str | None
    # Each with its `platform` and `token`; the first is written to.
    devices: Sequence[Mapping[str, Any]]
    preferred_channel: str | None
    locale: str
    time_zone: str
    # False for imports and back-fill: everything is recorded, nobody is told.
    notify: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to an order."""

    kind: FactKind
    scope: Scope
    # Of what is about no order, the id of what it is about instead: it has a log of its own all the same.
    order_id: UUID
    # Its place among the order's facts, taken under the order's row lock.
    order_seq: int
    # What it is about, as a wire id: the order itself, a shipment …
    subject: str
    at: datetime
    actor: str
    # JSON text: {"order": the order as the API answers it, "shipment": …}.
    snapshot: str
    party: Party
    # For the record: ids, figures and words of our own, no personal data.
    data: Mapping[str, Any] = field(default_factory=dict)
    # What somebody wrote about it: kept beside the record, which has its digest.
    words: Words | None = None
    # Milestones that it reaches without anybody being told: another message of the same moment says it.
    untold: frozenset[Milestone] = frozenset()
    # W3C traceparent of the request that caused it.
    trace: str | None = None
    # False for a review of the procedure.
    is_of_order: bool = True
