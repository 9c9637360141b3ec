"""Owes a message to a customer: the message and the work of sending it, written with the fact that it tells of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tidings.delivery.tables import MessageRow
from tidings.kit.db import Mode
from tidings.kit.rows import Row, Rows, json_text
from tidings.outbox.append import CUSTOMER_LANE, STAFF_LANE, Work, work_rows
from tidings.storefronts.kinds import STAFF_MILESTONES

TABLE = MessageRow.__table__


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that a customer is owed."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    id: UUID
    milestone: str
    subject: str
    # 1 for the first; a resend is the next occurrence of the same milestone of the same subject.
    occurrence: int
    order_seq: int
    priority: int
    # Never empty: [{"channel": "sms", "to": "+49…"}, …].
    plan: Sequence[Mapping[str, Any]]
    locale: str
    time_zone: str
    created_at: datetime
    valid_until: datetime
    resend_of: UUID | None = None
    trace: str | None = None
    # In place of the subject in the dedupe key, where one subject may give cause again and again.
    cause: str | None = None


def dedupe_key(milestone: str, subject: str, occurrence: int) -> str:
    """What makes a message (and the clock that waits for it) the only one of its kind."""
    return f"{milestone}:{subject}:{occurrence}"


def lane_of(milestone: str) -> str:
    """What is told to staff waits for nothing that is told to the customer, nor the other way round."""
    return STAFF_LANE if milestone in STAFF_MILESTONES else CUSTOMER_LANE


def clock_key(key: str) -> str:
    """The clock that a message of this key stops: a resend keeps the promise that its first occurrence made."""
    return f"{key.rpartition(':')[0]}:1"


def same_clock(key: str) -> str:
    """What the keys of all messages begin with that stop the same clock."""
    return f"{key.rpartition(':')[0]}:"


def subject_in(key: str) -> str:
    """What a message of this key is about."""
    return key.split(":")[1].partition(".")[0]


def owed_rows(owed: Iterable[Owed]) -> Rows:
    """The rows of many messages and of the work of sending them."""
    many = list(owed)
    rows = Rows()
    rows.add(TABLE, *map(message_row, many))
    rows.merge(work_rows(_work(message) for message in many))
    return rows


def message_row(owed: Owed) -> Row:
    """The row of one message that has not been tried yet."""
    first = owed.plan[0]
    return {
        "storefront_id": owed.storefront_id,
        "order_id": owed.order_id,
        "id": owed.id,
        "mode": owed.mode,
        "milestone": owed.milestone,
        "subject": owed.subject,
        "dedupe_key": dedupe_key(owed.milestone, owed.cause or owed.subject, owed.occurrence),
        "order_seq": owed.order_seq,
        "status": "pending",
        "priority": owed.priority,
        "plan": json_text(owed.plan),
        "step": 0,
        "channel": first["channel"],
        "recipient": first["to"],
        "attempts": 0,
        "tries": 0,
        "refused_by": "[]",
        "locale": owed.locale,
        "time_zone": owed.time_zone,
        "created_at": owed.created_at,
        "updated_at": owed.created_at,
        "valid_until": owed.valid_until,
        "receipt_overdue": False,
        "resend_of": owed.resend_of,
        "trace": owed.trace,
    }


def _work(owed: Owed) -> Work:
    return Work(
        storefront_id=owed.storefront_id,
        mode=owed.mode,
        order_id=owed.order_id,
        id=owed.id,
        queue=owed.plan[0]["channel"],
        priority=owed.priority,
        order_seq=owed.order_seq,
        lane=lane_of(owed.milestone),
    )
