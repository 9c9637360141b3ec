"""Stops the clock of a promise: a provider has the message that the promise is about, or staff told the customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.deadlines.stopped import COLUMNS, StoppedClock, tell_met
from tidings.kit.db import Tx
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

# Joined on the unique key: which of these people had been told of.
_NOTED = f"""
SELECT {", ".join(f"d.{name.strip()}" for name in COLUMNS.split(","))} FROM deadlines d
JOIN unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
    AS m (storefront_id, order_id, dedupe_key, by, at)
  ON d.storefront_id = m.storefront_id AND d.order_id = m.order_id AND d.dedupe_key = m.dedupe_key
WHERE d.met_at = m.at AND d.met_by = m.by AND (d.warned_at IS NOT NULL OR d.missed_at IS NOT NULL)
"""  # noqa: S608 - names of our own

_MEET_ONE = f"""
UPDATE deadlines SET met_at = $4, met_by = $5
WHERE storefront_id = $1 AND order_id = $2 AND dedupe_key = $3 AND met_at IS NULL AND cancelled_at IS NULL
RETURNING {COLUMNS}
"""  # noqa: S608 - names of our own

# A message may come back yet, and the clock with it; what a person has said does not.
_TAKE_OVER = r"""
UPDATE deadlines SET met_by = $4
WHERE storefront_id = $1 AND order_id = $2 AND dedupe_key = $3 AND met_by LIKE 'msg\_%' AND cancelled_at IS NULL
"""


def meeting(meetings: Sequence[Meeting]) -> list[Part]:
    """Stops these clocks, where they still run; a message that no clock waits for stops none.

    To be followed by `follow_meeting` in the same transaction.
    """
    return [Part(_MEET, _columns(meetings))] if meetings else []


async def follow_meeting(tx: Tx, meetings: Sequence[Meeting], *, now: datetime) -> None:
    """Let what people had been told of these promises be settled, now that they are kept."""
    if meetings:
        rows = await tx.raw.fetch(_NOTED, *_columns(meetings))
        await tell_met(tx, [StoppedClock.of(row) for row in rows], now=now)


async def meet_clock(tx: Tx, kept: Meeting, *, now: datetime) -> bool:
    """Stop the clock of one promise now: staff told the customer by other means.

    Returns:
        Whether it was running. A promise that was kept before stays so, since when it was; by staff now, if it was by a
        message, which may come back.
    """
    await tx.flush()
    row = await tx.raw.fetchrow(_MEET_ONE, kept.storefront_id, kept.order_id, kept.dedupe_key, kept.at, kept.by)
    if row is None:
        await tx.raw.execute(_TAKE_OVER, kept.storefront_id, kept.order_id, kept.dedupe_key, kept.by)
        return False
    await tell_met(tx, [StoppedClock.of(row)], now=now)
    return True


def _columns(meetings: Sequence[Meeting]) -> tuple[list[object], ...]:
    return (
        [meeting.storefront_id for meeting in meetings],
        [meeting.order_id for meeting in meetings],
        [meeting.dedupe_key for meeting in meetings],
        [meeting.by for meeting in meetings],
        [meeting.at for meeting in meetings],
    )
