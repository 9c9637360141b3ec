"""Writes down what a send was answered and what follows from it: many at once, fenced by the lease."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tidings.deadlines.meet import Meeting, follow_meeting
from tidings.delivery.calls import open_calls, possible_calls
from tidings.delivery.owe import clock_key
from tidings.delivery.rules import Again, Dead, Done, NextChannel
from tidings.delivery.settlement import Settlement, call_about, chore_of, solved_by
from tidings.delivery.states import ATTEMPT_STATUSES
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.rows import insert
from tidings.records.append import Entry, record_rows
from tidings.storefronts.channels import open_channels
from tidings.tasks.finish import drop_tasks
from tidings.tasks.open import task_rows

# The attempt may have receipts already (a callback overtook us): the stronger status stays, for the message too.
# Message and work are touched only while we hold the lease, except that what was accepted was sent, whoever holds it
# now and whether or not it was superseded or cancelled meanwhile. Each row finds its work by itself (LATERAL): a join
# would be planned by the work table's size, which changes a thousandfold while the plan is kept. The other joins are
# on primary keys; the clock's is its unique key.
_SETTLE = """
WITH u AS MATERIALIZED (
    SELECT u.*, o.place FROM unnest(
        $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::timestamptz[], $11::text[], $12::float8[], $13::text[], $14::text[], $15::int2[], $16::text[],
        $17::text[], $18::int2[], $19::text[], $20::float8[], $21::text[]
    ) AS u (storefront_id, order_id, message_id, token, attempt_id, attempt_status, outcome, provider_message_id,
            error, finished_at, next, delay, status, reason, step, channel, recipient, tries, refused_by, patience,
            dedupe_key)
    LEFT JOIN LATERAL (
        SELECT o.ctid AS place FROM outbox o
        WHERE o.id = u.message_id AND o.lease_token = u.token
        FOR UPDATE
    ) o ON true
),
tried AS (
    UPDATE attempts a SET
        status = CASE WHEN array_position($22::text[], a.status) > array_position($22::text[], u.attempt_status)
                      THEN a.status ELSE u.attempt_status END,
        outcome = u.outcome, provider_message_id = coalesce(u.provider_message_id, a.provider_message_id),
        -- Erased while it was on its way: the provider's words may quote the address.
        error = CASE WHEN a.recipient = '' THEN jsonb_build_object('code', u.error::jsonb -> 'code')
                     ELSE u.error::jsonb END,
        finished_at = u.finished_at
    FROM u WHERE a.storefront_id = u.storefront_id AND a.order_id = u.order_id AND a.id = u.attempt_id
    RETURNING a.message_id, a.status
),
finished AS (
    DELETE FROM outbox WHERE ctid = ANY (ARRAY(SELECT place FROM u WHERE next = 'finish'))
),
postponed AS (
    UPDATE outbox o SET due_at = now() + make_interval(secs => u.delay), lease_token = NULL, lost_leases = 0,
                        queue = u.channel
    FROM u WHERE u.next = 'postpone' AND o.ctid = u.place
),
met AS (
    UPDATE deadlines d SET met_at = u.finished_at, met_by = 'msg_' || replace(u.message_id::text, '-', '')
    FROM u
    WHERE u.status = 'sent' AND d.storefront_id = u.storefront_id AND d.order_id = u.order_id
      AND d.dedupe_key = u.dedupe_key AND d.met_at IS NULL AND d.cancelled_at IS NULL
    RETURNING d.warned_at IS NOT NULL OR d.missed_at IS NOT NULL AS is_noted
),
heard AS MATERIALIZED (
    -- One value, made once, rather than a join: the planner knows no sizes here, and would pair each with each.
    SELECT coalesce(jsonb_object_agg(message_id::text, status), '{}') AS by_message FROM tried
),
told AS (
    UPDATE messages m SET
        status = CASE WHEN 'delivered' IN (m.status, h.by_message ->> u.message_id::text) THEN 'delivered'
                      ELSE u.status END,
        reason = CASE WHEN m.recipient <> '' THEN u.reason END, step = u.step, channel = u.channel,
        recipient = CASE WHEN m.recipient <> '' THEN u.recipient ELSE '' END, tries = u.tries,
        refused_by = u.refused_by::jsonb, updated_at = u.finished_at,
        sent_at = CASE WHEN u.status = 'sent' THEN coalesce(m.sent_at, u.finished_at) ELSE m.sent_at END,
        receipt_due_at = CASE WHEN u.status = 'sent' AND m.status <> 'delivered' AND u.patience IS NOT NULL
                              THEN u.finished_at + make_interval(secs => u.patience) END
    FROM u CROSS JOIN heard h
    WHERE m.storefront_id = u.storefront_id AND m.order_id = u.order_id AND m.id = u.message_id
      AND (u.status = 'sent' OR u.place IS NOT NULL)
    RETURNING m.id, h.by_message ->> m.id::text AS status
)
SELECT id, status, (SELECT bool_or(is_noted) FROM met) AS is_noted FROM told
"""


async def settle(tx: Tx, settlements: Sequence[Settlement], *, now: datetime) -> dict[UUID, str | None]:
    """Settle many messages at once.

    Returns:
        By message that was still ours, the status of its attempt now: a receipt that overtook the answer may say more
        than the answer did.
    """
    columns = zip(*map(_row, settlements), strict=True)
    found = await tx.raw.fetch(_SETTLE, *map(list, columns), list(ATTEMPT_STATUSES))
    ours = {row["id"]: row["status"] for row in found}
    mine = [s for s in settlements if s.claimed.id in ours]
    calls = await possible_calls(tx, [call for s in mine if (call := call_about(s)) is not None], now=now)
    called = {call.message_id for call in calls}
    known = called - await open_calls(tx, calls)
    # What was attempted is recorded even if the lease was lost meanwhile: it happened. That it waits on for the same,
    # or that somebody still has to call, is no news: every look finds it, for days.
    told = {s.claimed.id for s in mine if not (s.is_known or (s.waits and s.claimed.id in known))}
    rows = record_rows(_entry(s) for s in settlements if s.attempt_id is not None or s.claimed.id in told)
    halted = await _halted(tx, mine)
    lacking = (s for s in mine if s.claimed.id not in halted)
    rows.merge(task_rows(o for s in lacking if (o := chore_of(s, is_called=s.claimed.id in called)) is not None))
    await insert(tx, rows)
    # Whoever was to call need not any more.
    await drop_tasks(tx, [c for s in mine if (c := solved_by(s)) is not None], why="the call was made", now=now)
    if found and found[0]["is_noted"]:
        # Seldom: people had been told of these promises already.
        sent = [_meeting(s) for s in settlements if isinstance(s.verdict.next, Done)]
        await follow_meeting(tx, sent, now=max(meeting.at for meeting in sent))
    return ours


async def _halted(tx: Tx, settlements: Sequence[Settlement]) -> set[UUID]:
    """The messages that wait for a connection which is there, and left alone for a while: nobody need add one."""
    waiting = [s.claimed for s in settlements if s.waits]
    if not waiting:
        return set()
    there = await open_channels(tx, {claimed.storefront_id for claimed in waiting})
    return {
        claimed.id
        for claimed in waiting
        if any((claimed.storefront_id, claimed.mode, entry["channel"]) in there for entry in claimed.plan)
    }


def _meeting(settlement: Settlement) -> Meeting:
    claimed = settlement.claimed
    key, by = clock_key(claimed.dedupe_key), wire("msg", claimed.id)
    return Meeting(claimed.storefront_id, claimed.order_id, key, by, settlement.finished_at)


def _row(settlement: Settlement) -> tuple[object, ...]:
    claimed, verdict = settlement.claimed, settlement.verdict
    move = _move(settlement)
    return (
        claimed.storefront_id,
        claimed.order_id,
        claimed.id,
        claimed.token,
        settlement.attempt_id,
        verdict.status,
        settlement.outcome,
        settlement.provider_message_id,
        json.dumps(settlement.error) if settlement.error is not None else None,
        settlement.finished_at,
        move.next,
        move.delay.total_seconds(),
        move.status,
        verdict.reason,
        move.step,
        claimed.plan[move.step]["channel"],
        claimed.plan[move.step]["to"],
        move.tries,
        json.dumps(sorted(move.refused_by)),
        settlement.patience.total_seconds() if settlement.patience is not None else None,
        clock_key(claimed.dedupe_key),
    )


@dataclass(frozen=True, slots=True)
class _Move:
    next: str
    status: str
    step: int
    tries: int
    refused_by: frozenset[str]
    delay: timedelta = timedelta()


def _move(settlement: Settlement) -> _Move:
    """Where a verdict takes the message."""
    claimed, nxt = settlement.claimed, settlement.verdict.next
    step, refused = claimed.step, claimed.refused_by
    match nxt:
        case Done():
            return _Move("finish", "sent", step, claimed.tries, refused)
        case Again():
            if nxt.refused and settlement.connection_id is not None:
                refused |= {str(settlement.connection_id)}
            status = "pending" if claimed.attempts == 0 and settlement.attempt_id is None else "sending"
            return _Move("postpone", status, step, nxt.tries, refused, nxt.delay)
        case NextChannel():
            status = "pending" if claimed.attempts == 0 and settlement.attempt_id is None else "sending"
            return _Move("postpone", status, nxt.step, 0, frozenset())
        case Dead():
            return _Move("finish", settlement.ends_as, step, claimed.tries, refused)


def _entry(settlement: Settlement) -> Entry:
    claimed = settlement.claimed
    attempted = settlement.attempt_id is not None
    data: dict[str, Any] = {
        "milestone": claimed.milestone,
        "channel": claimed.channel,
        "outcome": settlement.outcome,
        "next": type(settlement.verdict.next).__name__,
    }
    if attempted:
        # The provider's own words may quote an address: they stay with the attempt, its code goes on the record.
        code = settlement.error and settlement.error.get("code")
        data |= {"message": wire("msg", claimed.id), "connection": settlement.connection, "code": code}
        data["content_digest"] = settlement.content_digest
    else:
        data["reason"] = settlement.verdict.reason
    return Entry(
        storefront_id=claimed.storefront_id,
        order_id=claimed.order_id,
        mode=claimed.mode,
        kind="attempt.settled" if attempted else "message.judged",
        subject=wire("att", settlement.attempt_id) if settlement.attempt_id else wire("msg", claimed.id),
        actor="system",
        at=settlement.finished_at,
        data=data,
    )
