"""What happened. A fact carries a full snapshot, so that whatever follows from it tells of that very moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from tidings.kit.db import Scope

FactKind = Literal[
    "order.placed",  # received and complete: its confirmation is owed from this commit on
    "order.left_incomplete",  # received, but something is missing
    "order.made_complete",  # what was missing has come: from here on like placed
    "order.amended",  # corrected by staff
    "payment.checked",
    "stock.checked",
    "processing.started",  # both checks passed
    "shipment.dispatched",
    "shipment.moved",  # a tracking event other than delivered
    "shipment.delivered",
    "order.cancelled",
    "order.closed",  # completed: nothing more will be done
    "note.written",
]

FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)


@dataclass(frozen=True, slots=True)
class Party:
    """The customer as far as reaching them goes."""

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
    # For the record: ids and words, no personal data.
    data: Mapping[str, Any] = field(default_factory=dict)
    # W3C traceparent of the request that caused it.
    trace: str | None = None
