"""Take a message: into the inbox with the callbacks that it will have, or refuse it as its recipient demands."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select

from tidings.adapters.sandbox.fates import Due, Fate, Pace, answer_to_send, fate_of, schedule
from tidings.adapters.sandbox.tables import SandboxAttachmentRow, SandboxCallbackRow, SandboxMessageRow
from tidings.adapters.sandbox.wire import provider_message_id
from tidings.delivery.ports import Accepted, ConnectionConfig, Found, NotThere, Outcome, Outgoing, Permanent, Throttled
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, parse
from tidings.kit.rows import insert_part

_MESSAGES: Table = SandboxMessageRow.__table__
_CALLBACKS: Table = SandboxCallbackRow.__table__
_ATTACHMENTS: Table = SandboxAttachmentRow.__table__


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that somebody hands to the sandbox, and through which connection."""

    outgoing: Outgoing
    connection: ConnectionConfig

    @property
    def attempt_id(self) -> UUID:
        """The attempt behind its wire form."""
        attempt_id = parse("att", self.outgoing.attempt_id)
        if attempt_id is None:
            message = f"not an attempt id: {self.outgoing.attempt_id}"
            raise ValueError(message)
        return attempt_id


async def take(tx: Tx, arrival: Arrival, *, now: datetime, pace: Pace) -> Outcome:
    """Write what arrived, once per attempt, with the callbacks that will follow; answer as its recipient demands."""
    fate = fate_of(arrival.outgoing.channel, arrival.outgoing.to)
    refusal = answer_to_send(fate, await _throttled_before(tx, arrival, fate))
    dues = schedule(fate.steps, now, pace) if refusal is None else []
    callbacks = [_callback(arrival, due) for due in dues]
    await _write(tx, _message(arrival, refusal, now), callbacks, _attachments(arrival) if refusal is None else [])
    return refusal or Accepted(provider_message_id(arrival.attempt_id))


async def taken(tx: Tx, arrival: Arrival) -> Found:
    """Whether the sandbox has taken this attempt."""
    message = await tx.session.get(SandboxMessageRow, (arrival.connection.storefront_id, arrival.attempt_id))
    if message is None or message.answer != "taken":
        return NotThere()
    return Accepted(provider_message_id(message.attempt_id))


async def _throttled_before(tx: Tx, arrival: Arrival, fate: Fate) -> int:
    """How often the message was throttled before this attempt; attempts' ids are in the order of time."""
    if not fate.throttles:
        return 0
    counted = select(func.count()).where(
        SandboxMessageRow.storefront_id == arrival.connection.storefront_id,
        SandboxMessageRow.message_id == arrival.outgoing.message_id,
        SandboxMessageRow.attempt_id < arrival.attempt_id,
        SandboxMessageRow.answer == "throttled",
    )
    return await tx.session.scalar(counted) or 0


def _message(arrival: Arrival, refusal: Permanent | Throttled | None, now: datetime) -> dict[str, Any]:
    outgoing, connection = arrival.outgoing, arrival.connection
    return {
        "storefront_id": connection.storefront_id,
        "attempt_id": arrival.attempt_id,
        "mode": connection.mode,
        "connection_id": connection.id,
        "connection": connection.name,
        "message_id": outgoing.message_id,
        "order_id": outgoing.order_id,
        "channel": outgoing.channel,
        "recipient": outgoing.to,
        "subject": outgoing.content.subject,
        "text": outgoing.content.text,
        "html": outgoing.content.html,
        "extras": json.dumps(dict(outgoing.content.extras), default=str),
        "locale": outgoing.locale,
        "callback_url": outgoing.callback_url,
        "answer": _answer(refusal),
        "reason": None if refusal is None else refusal.reason,
        "received_at": now,
    }


def _answer(refusal: Permanent | Throttled | None) -> str:
    if refusal is None:
        return "taken"
    return "throttled" if isinstance(refusal, Throttled) else "refused"


def _callback(arrival: Arrival, due: Due) -> dict[str, Any]:
    return {
        "storefront_id": arrival.connection.storefront_id,
        "id": new_id(),
        "attempt_id": arrival.attempt_id,
        "word": due.word,
        "code": due.code,
        "reason": due.reason,
        "at": due.at,
        "due_at": due.at,
    }


def _attachments(arrival: Arrival) -> list[dict[str, Any]]:
    return [
        {
            "storefront_id": arrival.connection.storefront_id,
            "attempt_id": arrival.attempt_id,
            "place": place,
            "name": attachment.name,
            "media_type": attachment.media_type,
            "content": attachment.content,
        }
        for place, attachment in enumerate(arrival.outgoing.attachments)
    ]


_MESSAGE_COLUMNS = tuple(column.name for column in _MESSAGES.columns)
_CALLBACK_COLUMNS = ("storefront_id", "id", "attempt_id", "word", "code", "reason", "at", "due_at")
_ATTACHMENT_COLUMNS = tuple(column.name for column in _ATTACHMENTS.columns)
_IF_TAKEN = "WHERE EXISTS (SELECT FROM taken)"
_FIRST_OF_CALLBACKS = 1 + len(_MESSAGE_COLUMNS)
_FIRST_OF_ATTACHMENTS = _FIRST_OF_CALLBACKS + len(_CALLBACK_COLUMNS)
# What comes with a message is written only if the message was: a repeat of the attempt changes nothing.
_WRITE = (
    "WITH taken AS ("
    + insert_part(_MESSAGES, _MESSAGE_COLUMNS, 1, tail="ON CONFLICT DO NOTHING RETURNING attempt_id")
    + "), attached AS ("
    + insert_part(_ATTACHMENTS, _ATTACHMENT_COLUMNS, _FIRST_OF_ATTACHMENTS, where=_IF_TAKEN)
    + ") "
    + insert_part(_CALLBACKS, _CALLBACK_COLUMNS, _FIRST_OF_CALLBACKS, where=_IF_TAKEN)
)


async def _write(
    tx: Tx, message: dict[str, Any], callbacks: list[dict[str, Any]], attachments: list[dict[str, Any]]
) -> None:
    values = [[message[name]] for name in _MESSAGE_COLUMNS]
    values += [[callback[name] for callback in callbacks] for name in _CALLBACK_COLUMNS]
    values += [[attachment[name] for attachment in attachments] for name in _ATTACHMENT_COLUMNS]
    await tx.raw.execute(_WRITE, *values)
