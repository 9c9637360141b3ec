"""Gives dead messages up: a person has told the customer otherwise, or there is nothing to be told any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tidings.delivery.chores import chores
from tidings.delivery.errors import NotDead
from tidings.delivery.held import HeldMessage, MessageKey, hold_messages, written_back
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.rows import write
from tidings.outbox.again import drop_work
from tidings.outbox.queries import parked_among
from tidings.records.append import Entry, append
from tidings.tasks.finish import drop_tasks

_DEAD: Final = frozenset({"failed", "suppressed"})


@dataclass(frozen=True, slots=True)
class DropMessages:
    """Somebody has decided that these will not be sent."""

    messages: Sequence[MessageKey]
    actor: str
    reason: str | None = None


async def drop_messages(tx: Tx, command: DropMessages, *, now: datetime) -> int:
    """Give these messages up and close their tasks; those that are not there (any more) are passed over.

    A dead one stays what it is, so that it can still be replayed; a parked one is cancelled, or failed if it may have
    left before.

    Raises:
        NotDead: one of them is neither failed nor parked.
    """
    held = await hold_messages(tx, sorted(set(command.messages)))
    parked = await parked_among(tx, [(key.storefront_id, key.id) for key in held])
    for row in held.values():
        if row.status not in _DEAD and row.id not in parked:
            raise NotDead(message=wire("msg", row.id), message_status=row.status)
        if row.status not in _DEAD:
            row.status = "failed" if row.attempts else "cancelled"
        row.reason = f"given up: {command.reason}" if command.reason else "given up"
        row.updated_at = now
    await write(tx, *written_back(held.values()))
    await drop_work(tx, [(key.storefront_id, key.id) for key in held])
    causes = [cause for row in held.values() for cause in chores(row.storefront_id, row.mode, row.id)]
    await drop_tasks(tx, causes, why="given_up", now=now)
    await append(tx, *(_entry(row, command, now) for row in held.values()))
    return len(held)


def _entry(row: HeldMessage, command: DropMessages, now: datetime) -> Entry:
    data = {"milestone": row.milestone, "channel": row.channel}
    words = {"reason": command.reason}
    return Entry(
        row.storefront_id, row.order_id, row.mode, "message.dropped", wire("msg", row.id), command.actor, now, data,
        words,
    )  # fmt: skip
