"""Sends a message again, to the same address or to a corrected one: a new message that tells of the same fact.

The old one stays as it is; the new one has the next occurrence of its dedupe key and says which one it came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, select

from tidings.delivery.address import checked_address
from tidings.delivery.chores import chores
from tidings.delivery.errors import AddressSuppressed, MessageErased, StillUnderWay
from tidings.delivery.lookup import message_by_id
from tidings.delivery.owe import Owed, dedupe_key, owed_rows
from tidings.delivery.states import OPEN
from tidings.delivery.suppress import Address, suppressed_among
from tidings.delivery.tables import MessageRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.keeping import ERASED
from tidings.kit.problem import Fault, InvalidInput
from tidings.kit.rows import insert
from tidings.kit.scope import Mode
from tidings.records.append import Entry, record_rows
from tidings.storefronts.kinds import Channel
from tidings.tasks.finish import drop_tasks

Plan = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ResendMessage:
    """Somebody wants the customer to get it (again)."""

    # None when the caller named what cannot be a message.
    message_id: UUID | None
    actor: str
    reason: str | None = None
    # By this channel only; None: by the channels that it was planned for.
    channel: Channel | None = None
    # To this address instead of the one that was planned.
    address: str | None = None


async def resend_message(tx: Tx, command: ResendMessage, *, now: datetime) -> UUID:
    """Owe the message again; its content is rendered anew, from the snapshot of the same fact.

    Raises:
        NotFound: there is no such message.
        StillUnderWay: it has not come to its end.
        MessageErased: there is nothing left to be sent.
        InvalidInput: nothing can be sent to the corrected address.
        AddressSuppressed: nothing may be sent to the address, or to any that was planned.
    """
    old = await _family_held(tx, command.message_id)
    if old.status in OPEN:
        raise StillUnderWay(message_status=old.status)
    if old.recipient == ERASED:
        raise MessageErased
    plan = await _allowed(tx, _plan(old, command, tx.scope.mode), command, now)
    owed = _owed(old, plan, await _next_occurrence(tx, old), tx.scope.mode, now)
    rows = owed_rows([owed])
    rows.merge(record_rows([_entry(old, owed, command, now)]))
    await insert(tx, rows)
    tx.wakes_worker = True
    solved = chores(old.storefront_id, tx.scope.mode, old.id)
    await drop_tasks(tx, solved, why="the message was sent again", now=now)
    return owed.id


async def _family_held(tx: Tx, message_id: UUID | None) -> MessageRow:
    """The message, locked with all others of its milestone and subject, so that two resends differ."""
    seen = await message_by_id(tx, message_id)
    wanted = _family(seen).order_by(MessageRow.id).with_for_update(key_share=True)
    rows = await tx.session.scalars(wanted.execution_options(populate_existing=True))
    return next(row for row in rows if row.id == seen.id)


def _family(one: MessageRow) -> Select[MessageRow]:
    return select(MessageRow).where(
        MessageRow.storefront_id == one.storefront_id,
        MessageRow.order_id == one.order_id,
        MessageRow.milestone == one.milestone,
        MessageRow.subject == one.subject,
    )


def _plan(old: MessageRow, command: ResendMessage, mode: Mode) -> Plan:
    if command.address is not None:
        channel = command.channel or cast("Channel", old.channel)
        return [{"channel": channel, "to": checked_address(channel, command.address, mode)}]
    if command.channel is None:
        return old.plan
    plan = [entry for entry in old.plan if entry["channel"] == command.channel]
    if not plan:
        raise InvalidInput(
            faults=[Fault("/address", f"is required: the message was not planned for {command.channel}")]
        )
    return plan


async def _allowed(tx: Tx, plan: Plan, command: ResendMessage, now: datetime) -> Plan:
    """The plan without suppressed addresses."""
    of = {id(entry): Address(*_scope(tx), entry["channel"], entry["to"]) for entry in plan}
    barred = await suppressed_among(tx, list(of.values()), now=now)
    allowed = [entry for entry in plan if of[id(entry)] not in barred]
    if not allowed:
        raise AddressSuppressed(corrected=command.address is not None)
    return allowed


def _scope(tx: Tx) -> tuple[UUID, Mode]:
    return tx.scope.storefront_id, tx.scope.mode


async def _next_occurrence(tx: Tx, old: MessageRow) -> int:
    """One more than there are. Read after the locks: what was added while we waited is seen only by a new statement."""
    keys = (await tx.session.scalars(_family(old).with_only_columns(MessageRow.dedupe_key))).all()
    return max(int(key.rpartition(":")[2]) for key in keys) + 1


def _owed(old: MessageRow, plan: Plan, occurrence: int, mode: Mode, now: datetime) -> Owed:
    return Owed(
        storefront_id=old.storefront_id,
        mode=mode,
        order_id=old.order_id,
        id=new_id(),
        milestone=old.milestone,
        subject=old.subject,
        occurrence=occurrence,
        order_seq=old.order_seq,
        priority=old.priority,
        plan=plan,
        locale=old.locale,
        time_zone=old.time_zone,
        created_at=now,
        valid_until=now + (old.valid_until - old.created_at),
        resend_of=old.id,
        trace=old.trace,
    )


def _entry(old: MessageRow, owed: Owed, command: ResendMessage, now: datetime) -> Entry:
    return Entry(
        storefront_id=old.storefront_id,
        order_id=old.order_id,
        mode=owed.mode,
        kind="message.resent",
        subject=wire("msg", owed.id),
        actor=command.actor,
        at=now,
        data={
            "message": wire("msg", owed.id),
            "resend_of": wire("msg", old.id),
            "milestone": old.milestone,
            "dedupe_key": dedupe_key(owed.milestone, owed.subject, owed.occurrence),
            "channels": [entry["channel"] for entry in owed.plan],
            "corrected": command.address is not None,
        },
        words={"reason": command.reason},
    )
