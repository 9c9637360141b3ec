"""Writes down the aftermath of receipts: for the message, its work, its clock and the people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, assert_never
from uuid import UUID

from tidings.deadlines.meet import Meeting, follow_meeting, meeting
from tidings.delivery.affected import Affected, Known, MessageKey
from tidings.delivery.aftermath import Aftermath, GoesOn, Has, Lost, Place, Tried, Unmoved, aftermath, evidence
from tidings.delivery.calls import number_to_call, open_calls, possible_calls
from tidings.delivery.fallen import call_about, call_step
from tidings.delivery.held import written_back
from tidings.delivery.owe import clock_key, lane_of
from tidings.delivery.restart import restart_clocks
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.rows import Rows, insertions, write
from tidings.outbox.again import Again, drop_work, put_back
from tidings.outbox.append import Work
from tidings.records.append import Entry, record_rows
from tidings.storefronts.channels import open_channels
from tidings.tasks.finish import Cause, drop_tasks
from tidings.tasks.kinds import TaskKind
from tidings.tasks.open import Opening, task_rows

Usable = Collection[tuple[UUID, str, str]]

# After one of these a provider has nothing more to say.
_LAST_WORDS: Final = frozenset({"delivered", "failed", "bounced"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A message that stands where all its receipts put it, and what must still follow from that."""

    one: Affected
    what: Aftermath
    # Tasks that nobody needs to do any more.
    solved: Sequence[Cause]
    # Whether no provider was known to have it before.
    was_open: bool


async def judge_all(tx: Tx, affected: Sequence[Affected], *, now: datetime) -> list[Judged]:
    """Bring attempts and messages to where all their receipts put them."""
    usable = await _usable_channels(tx, affected)
    judged = []
    for one in affected:
        what = aftermath(_place(one, usable), _tried(one), now=now)
        judged.append(Judged(one, what, _solved(one, what), one.row.status not in _HAS))
        _apply(one, what, now)
    return judged


async def write_down(tx: Tx, judged: Sequence[Judged], heard: Rows, *, now: datetime) -> list[MessageKey]:
    """Write where messages and attempts stand now, and let work, clocks, tasks and trail follow.

    Args:
        tx: the transaction that holds the messages.
        judged: what has become of them.
        heard: rows that are written with it: what it all follows from.
        now: the present instant.

    Returns:
        The messages that go out again.
    """
    has = [each.one for each in judged if isinstance(each.what, Has)]
    lost = [each.one for each in judged if isinstance(each.what, Lost)]
    again = [(each.one, each.what.delay) for each in judged if isinstance(each.what, GoesOn)]
    fallen = [*lost, *(one for one, _ in again)]
    calls = await possible_calls(tx, [call for one in lost if (call := call_about(one, now)) is not None], now=now)
    called = {call.message_id for call in calls}
    # The trail tells what was heard before what follows from it.
    heard.merge(record_rows(_entry(one, now) for one in fallen))
    heard.merge(task_rows(_opening(one, now) for one in lost if one.row.id not in called))
    moved = [known.row for each in judged for known in each.one.attempts if known.has_changed]
    stand = written_back([each.one.row for each in judged], moved)
    await write(tx, *insertions(heard), *stand, *meeting([_meeting(one, now) for one in has]))
    news = [each.one for each in judged if each.was_open and isinstance(each.what, Has)]
    await follow_meeting(tx, [_meeting(one, now) for one in news], now=now)
    await drop_work(tx, [(one.key.storefront_id, one.key.id) for one in (*has, *lost) if one.has_work])
    await put_back(tx, [Again(_work(one), delay) for one, delay in again])
    await restart_clocks(tx, [one.row for one in fallen], now=now)
    await open_calls(tx, calls)
    await drop_tasks(tx, [cause for each in judged for cause in each.solved], why="a receipt has come", now=now)
    return [one.key for one, _ in again]


async def _usable_channels(tx: Tx, affected: Sequence[Affected]) -> Usable:
    """Asked for only when a message may have to go on to another channel."""
    going = {
        one.row.storefront_id
        for one in affected
        if len(one.row.plan) > one.row.step + 1 and evidence(_tried(one)) not in {"sent", "delivered"}
    }
    return await open_channels(tx, going) if going else ()


def _tried(one: Affected) -> list[Tried]:
    return [
        Tried(
            number=each.row.number,
            # An answer that was written down just now has not been acted upon: as good as unknown.
            was="uncertain" if each.answered_late else each.was,
            status=each.status,
            channel=each.row.channel,
            may_pass=each.may_pass,
        )
        for each in one.attempts
    ]


def _place(one: Affected, usable: Usable) -> Place:
    row = one.row
    further = (
        step
        for step, entry in enumerate(row.plan)
        if step > row.step and (row.storefront_id, row.mode, entry["channel"]) in usable
    )
    return Place(
        status=row.status,
        step=row.step,
        channel=row.channel,
        has_work=one.has_work,
        in_hands=one.in_hands,
        next_step=next(further, call_step(one)),
        valid_until=row.valid_until,
    )


def _solved(one: Affected, what: Aftermath) -> list[Cause]:
    """The tasks that nobody needs to do any more."""
    kinds: list[TaskKind] = []
    if isinstance(what, Has) and one.row.status == "failed":
        kinds += ["message_dead", "message_unrenderable"]
    if not isinstance(what, Unmoved) and one.has_work and not one.in_hands:
        # It may be parked; now it goes on, or is at its end.
        kinds.append("message_parked")
    if isinstance(what, Has) and number_to_call(one.row.plan) is not None:
        kinds.append("call_customer")
    if one.row.receipt_overdue and _has_last_word(one):
        kinds.append("receipt_overdue")
    return [Cause(one.row.storefront_id, one.row.mode, kind, wire("msg", one.row.id)) for kind in kinds]


def _has_last_word(one: Affected) -> bool:
    return bool(one.attempts) and one.attempts[-1].status in _LAST_WORDS


def _apply(one: Affected, what: Aftermath, now: datetime) -> None:
    row = one.row
    for each in one.attempts:
        each.settle()
    match what:
        case Unmoved():
            pass
        case Has():
            row.status, row.reason = what.status, _HAS[what.status]
            row.sent_at = row.sent_at or now
        case GoesOn():
            entry = row.plan[what.step]
            row.reason = _resumed(one, what, entry["channel"])
            row.status, row.step, row.channel, row.recipient = "sending", what.step, entry["channel"], entry["to"]
            row.tries, row.refused_by = 0, []
        case Lost():
            row.status, row.reason = "failed", f"{_why(one)}; there is no other way left"
        case _:
            assert_never(what)
    _date(one, now)


_HAS: Final = {"sent": "accepted by the provider", "delivered": "delivered, says the provider"}


def _date(one: Affected, now: datetime) -> None:
    """The message's instants, each from all of its attempts."""
    row = one.row
    row.delivered_at = _first("delivered", (each for each in one.attempts if each.status == "delivered"))
    row.complained_at = _first("complained", one.attempts)
    row.opted_out_at = _first("opted_out", one.attempts)
    if _has_last_word(one) or row.status in {"sending", "failed"}:
        row.receipt_due_at, row.receipt_overdue = None, False
    row.updated_at = now


def _first(status: str, attempts: Iterable[Known]) -> datetime | None:
    instants = [each.first(status) for each in attempts]
    return min((at for at in instants if at is not None), default=None)


def _resumed(one: Affected, what: GoesOn, channel: str) -> str:
    if what.delay:
        return f"{_why(one)}; once more by {channel} in {int(what.delay.total_seconds() // 60)} minutes"
    return f"{_why(one)}; goes on by {channel}"


def _why(one: Affected) -> str:
    """The last failure, in the provider's words."""
    failed = _last_failure(one)
    if failed is None:
        return "what became of it is not known"
    error = failed.row.error or {}
    words = f"{failed.row.channel} {failed.status}"
    words += f": {error['reason']}" if error.get("reason") else ""
    return words + (f" [{error['code']}]" if error.get("code") else "")


def _last_failure(one: Affected) -> Known | None:
    failed = [each for each in one.attempts if each.status in {"failed", "bounced"}]
    return failed[-1] if failed else None


def _work(one: Affected) -> Work:
    row = one.row
    lane = lane_of(row.milestone)
    return Work(row.storefront_id, row.mode, row.order_id, row.id, row.channel, row.priority, row.order_seq, lane)


def _meeting(one: Affected, now: datetime) -> Meeting:
    row = one.row
    return Meeting(row.storefront_id, row.order_id, clock_key(row.dedupe_key), wire("msg", row.id), now)


def _opening(one: Affected, now: datetime) -> Opening:
    row = one.row
    message = wire("msg", row.id)
    data = {"message": message, "milestone": row.milestone, "channel": row.channel, "reason": row.reason}
    return Opening(row.storefront_id, row.mode, row.order_id, "message_dead", message, now, data)


def _entry(one: Affected, now: datetime) -> Entry:
    """Without the provider's words, which may quote an address: they stay with the attempt."""
    row = one.row
    kind = "message.failed" if row.status == "failed" else "message.resumed"
    failed = _last_failure(one)
    data: dict[str, Any] = {"milestone": row.milestone, "channel": row.channel}
    if failed is not None:
        data |= {"because": f"{failed.row.channel} {failed.status}", "code": (failed.row.error or {}).get("code")}
    return Entry(row.storefront_id, row.order_id, row.mode, kind, wire("msg", row.id), "system", now, data)
