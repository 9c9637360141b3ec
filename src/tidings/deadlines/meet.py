"""Stops the clock of a promise: a provider has the message that the promise is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.rows import Part


@dataclass(frozen=True, slots=True)
class Meeting:
    """A promise kept, and by what."""

    storefront_id: UUID
    order_id: UUID
    # The message's; see DeadlineRow.
    dedupe_key: str
    # `msg_…`, or `staff/…` for a communication logged by hand.
    by: str
    at: datetime


# Joined on the unique key. The first to keep a promise has kept it.
_MEET = """
UPDATE deadlines d SET met_at = m.at, met_by = m.by
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
    AS m (storefront_id, order_id, dedupe_key, by, at)
WHERE d.storefront_id = m.storefront_id AND d.order_id = m.order_id AND d.dedupe_key = m.dedupe_key
  AND d.met_at IS NULL AND d.cancelled_at IS NULL
"""


def meeting(meetings: Sequence[Meeting]) -> list[Part]:
    """Stops these clocks, where they still run; a message that no clock waits for stops none."""
    if not meetings:
        return []
    columns = (
        [meeting.storefront_id for meeting in meetings],
        [meeting.order_id for meeting in meetings],
        [meeting.dedupe_key for meeting in meetings],
        [meeting.by for meeting in meetings],
        [meeting.at for meeting in meetings],
    )
    return [Part(_MEET, columns)]
