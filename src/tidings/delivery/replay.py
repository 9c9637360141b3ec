"""Puts dead messages back into the outbox, to begin again at the first channel of their plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tidings.delivery.chores import chores
from tidings.delivery.errors import MessageErased, NotDead
from tidings.delivery.held import HeldMessage, MessageKey, hold_messages, written_back
from tidings.delivery.owe import lane_of
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.keeping import ERASED
from tidings.kit.rows import write
from tidings.outbox.again import Again, put_back
from tidings.outbox.append import Work
from tidings.outbox.queries import parked_among
from tidings.records.append import Entry, append
from tidings.tasks.finish import drop_tasks

_DEAD: Final = frozenset({"failed", "suppressed"})
# Stale or not: somebody has decided that it is still worth saying, and is there to look after it.
_ANOTHER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ReplayMessages:
    """Somebody has mended what was wrong."""

    messages: Sequence[MessageKey]
    actor: str
    reason: str | None = None


async def replay_messages(tx: Tx, command: ReplayMessages, *, now: datetime) -> int:
    """Let these messages go once more; those that are not there (any more) are passed over.

    Raises:
        NotDead: one of them is neither failed nor parked.
        MessageErased: there is nothing left to be sent of one.
    """
    held = await hold_messages(tx, sorted(set(command.messages)))
    parked = await parked_among(tx, [(key.storefront_id, key.id) for key in held])
    for row in held.values():
        if row.status not in _DEAD and row.id not in parked:
            raise NotDead(message=wire("msg", row.id), message_status=row.status)
        if row.recipient == ERASED:
            raise MessageErased(message=wire("msg", row.id))
        _begin_again(row, now)
    await write(tx, *written_back(held.values()))
    await put_back(tx, [Again(_work(row)) for row in held.values()])
    answered = [cause for row in held.values() for cause in chores(row.storefront_id, row.mode, row.id)]
    await drop_tasks(tx, answered, why="replayed", now=now)
    await append(tx, *(_entry(row, command, now) for row in held.values()))
    return len(held)


def _begin_again(row: HeldMessage, now: datetime) -> None:
    first = row.plan[0]
    row.status = "sending" if row.attempts else "pending"
    row.reason = "put back into the outbox by hand"
    row.step, row.channel, row.recipient = 0, first["channel"], first["to"]
    row.tries, row.refused_by = 0, []
    row.valid_until = max(row.valid_until, now + _ANOTHER)
    row.updated_at = now


def _work(row: HeldMessage) -> Work:
    lane = lane_of(row.milestone)
    return Work(row.storefront_id, row.mode, row.order_id, row.id, row.channel, row.priority, row.order_seq, lane)


def _entry(row: HeldMessage, command: ReplayMessages, now: datetime) -> Entry:
    data = {"milestone": row.milestone, "channel": row.channel}
    words = {"reason": command.reason}
    return Entry(
        row.storefront_id, row.order_id, row.mode, "message.replayed", wire("msg", row.id), command.actor, now, data,
        words,
    )  # fmt: skip
