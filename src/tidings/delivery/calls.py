"""Hands messages to a person who calls the customer: a call is in their plan, and no machine gets through.

The person reads out what the machine would have said: the content of the channel `voice`, rendered once like any other
and kept with the message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.deadlines.due import ClockKey, due_times
from tidings.delivery.owe import subject_in
from tidings.delivery.start import Pinned
from tidings.delivery.suppress import Address, suppressed_among
from tidings.delivery.tables import ContentRow
from tidings.kit.db import Mode, Tx
from tidings.kit.ids import wire
from tidings.kit.rows import Row, Rows, insert, json_text
from tidings.outbox.step_aside import step_aside
from tidings.storefronts.shopbook import shop_rules
from tidings.tasks.finish import Cause
from tidings.tasks.open import Opening, open_tasks
from tidings.tasks.queries import open_among

CONTENTS = ContentRow.__table__
VOICE: Final = "voice"


@dataclass(frozen=True, slots=True)
class Call:
    """A message that a person is to tell the customer by telephone."""

    storefront_id: UUID
    mode: Mode
    order_id: UUID
    message_id: UUID
    milestone: str
    number: str
    # The key of the clock that runs for it.
    clock: str
    # Why no machine does it, in plain words.
    reason: str
    at: datetime
    # What is to be said, if it was rendered for this; what was rendered before stays as it is.
    script: Pinned | None = field(default=None, compare=False)

    @property
    def cause(self) -> Cause:
        """What the person's task is about."""
        return Cause(self.storefront_id, self.mode, "call_customer", wire("msg", self.message_id))


def number_to_call(plan: Sequence[Mapping[str, Any]]) -> str | None:
    """The customer's telephone number, if a call is planned at all."""
    return next((entry["to"] for entry in plan if entry["channel"] == VOICE), None)


async def possible_calls(tx: Tx, calls: Sequence[Call], *, now: datetime) -> list[Call]:
    """Those whose customer may be called: not those who do not want it, nor numbers that do not exist."""
    if not calls:
        return []
    barred = await suppressed_among(tx, [_address(call) for call in calls], now=now)
    return [call for call in calls if _address(call) not in barred]


def _address(call: Call) -> Address:
    return Address(call.storefront_id, call.mode, VOICE, call.number)


async def open_calls(tx: Tx, calls: Sequence[Call]) -> set[UUID]:
    """Ask a person to call these customers.

    A message that still waits for its own way leaves the order of its facts: calling may take days, and what is to be
    told after it must not wait for that.

    Returns:
        The messages that nobody had been asked to call about before.
    """
    if not calls:
        return set()
    known = await open_among(tx, [call.cause for call in calls])
    fresh = [call for call in calls if call.cause not in known]
    await _keep_scripts(tx, fresh)
    await step_aside(tx, [(call.storefront_id, call.message_id) for call in fresh])
    scripts, due = await _scripts(tx, fresh), await due_times(tx, [_clock(call) for call in fresh])
    shops = {sid: await shop_rules(tx, sid) for sid in {call.storefront_id for call in fresh}}
    openings = (
        _opening(call, scripts.get(call.message_id), due.get(_clock(call)), shops[call.storefront_id].on_duty(call.at))
        for call in fresh
    )
    await open_tasks(tx, *openings)
    return {call.message_id for call in fresh}


def _clock(call: Call) -> ClockKey:
    return ClockKey(call.storefront_id, call.order_id, call.clock)


async def _keep_scripts(tx: Tx, calls: Sequence[Call]) -> None:
    rows = Rows()
    rows.add(CONTENTS, *(_content(call, call.script) for call in calls if call.script is not None))
    rows.unless_there.add(CONTENTS)
    await insert(tx, rows)


def _content(call: Call, script: Pinned) -> Row:
    return {
        "storefront_id": call.storefront_id,
        "order_id": call.order_id,
        "message_id": call.message_id,
        "channel": VOICE,
        "template": script.template,
        "version": script.version,
        "locale": script.locale,
        "subject": script.content.subject,
        "text": script.content.text,
        "html": script.content.html,
        "extras": json_text(script.content.extras),
        "salt": script.salt,
        "rendered_at": call.at,
    }


# On the primary key.
_SCRIPTS = """
SELECT c.message_id, c.text, c.locale FROM contents c
JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS k (storefront_id, order_id, message_id)
    USING (storefront_id, order_id, message_id)
WHERE c.channel = 'voice'
"""


async def _scripts(tx: Tx, calls: Sequence[Call]) -> dict[UUID, tuple[str, str]]:
    """What is to be read out, and its language, by message; without those that cannot be rendered."""
    if not calls:
        return {}
    keys = [(call.storefront_id, call.order_id, call.message_id) for call in calls]
    rows = await tx.raw.fetch(_SCRIPTS, *map(list, zip(*keys, strict=True)))
    return {row["message_id"]: (row["text"], row["locale"]) for row in rows}


def _opening(call: Call, script: tuple[str, str] | None, due_at: datetime | None, owner: str | None) -> Opening:
    text, locale = script or (None, None)
    return Opening(
        storefront_id=call.storefront_id,
        mode=call.mode,
        order_id=call.order_id,
        kind="call_customer",
        cause=wire("msg", call.message_id),
        opened_at=call.at,
        data={
            "message": wire("msg", call.message_id),
            "milestone": call.milestone,
            "subject": subject_in(call.clock),
            "number": call.number,
            "script": text,
            "locale": locale,
            "reason": call.reason,
            "tries": 0,
        },
        owner=owner,
        due_at=due_at,
    )
