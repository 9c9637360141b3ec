"""Says in plain words why the customer did or did not get a message: the plan, what was decided and why, what is next.

Written for whoever has the customer on the telephone. Pure, but for gathering the facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, cast
from uuid import UUID

from tidings.delivery.queries import Told, message_told
from tidings.delivery.schemas import Decision, Explanation, PlannedStep
from tidings.delivery.states import OPEN, MessageStatus
from tidings.delivery.suppress import Address, suppressed_among
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.outbox.queries import Waiting, waiting
from tidings.records.queries import records_about
from tidings.storefronts.channels import open_channels


class Recorded(Protocol):
    """A line of the trail."""

    kind: str
    subject: str
    actor: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the explanation is made of."""

    told: Told
    work: Waiting | None
    trail: Sequence[Recorded]
    # Channels that have a connection, and channels whose planned address must not be used.
    usable: frozenset[str]
    barred: frozenset[str]


async def explanation(tx: Tx, message_id: UUID | None, *, now: datetime) -> Explanation:
    """Explain one message.

    Raises:
        NotFound: there is no such message of the transaction's storefront and mode.
    """
    told = await message_told(tx, message_id)
    row, scope = told.row, tx.scope
    planned = [Address(row.storefront_id, scope.mode, entry["channel"], entry["to"]) for entry in row.plan]
    barred = await suppressed_among(tx, planned, now=now)
    usable = await open_channels(tx, [row.storefront_id])
    return explain(
        Facts(
            told=told,
            work=await waiting(tx, row.storefront_id, row.id),
            trail=await records_about(tx, row.order_id, wire("msg", row.id)),
            usable=frozenset(channel for _, mode, channel in usable if mode == scope.mode),
            barred=frozenset(one.channel for one in barred),
        )
    )


def explain(facts: Facts) -> Explanation:
    """The explanation, from the facts."""
    row = facts.told.row
    following, at = _next(facts)
    return Explanation(
        message_id=wire("msg", row.id),
        status=cast("MessageStatus", row.status),
        summary=_summary(facts),
        plan=[_step(facts, number) for number in range(len(row.plan))],
        decisions=[Decision(at=line.at, what=_line(line, facts.told)) for line in facts.trail],
        next=following,
        next_at=at,
        resend_of=None if row.resend_of is None else wire("msg", row.resend_of),
    )


_SUMMARIES: Final[dict[str, str]] = {
    "pending": "The customer has not got it yet; it has not been tried{because}.",
    "sending": "The customer may not have got it yet; it is being sent by {channel}{because}.",
    "sent": "It went out by {by}, and the provider has taken it{late}; that it arrived is not proven.",
    "delivered": "The customer has it: delivered by {by}{arrived}.",
    "failed": "The customer has not got it{because}.",
    "superseded": "It was not sent, because a newer message says more{because}.",
    "suppressed": "It was not sent, because the address must not be used{because}.",
    "cancelled": "It was not sent{because}.",
}


def _summary(facts: Facts) -> str:
    row, attempts = facts.told.row, facts.told.attempts
    said = _SUMMARIES[row.status].format(
        because=f": {row.reason}" if row.reason else "",
        channel=row.channel,
        by=f"{attempts[-1].channel} through {attempts[-1].connection}" if attempts else row.channel,
        late=", and what it promised to say further has not come in time" if row.receipt_overdue else "",
        arrived=_when(row.delivered_at),
    )
    complained = f" The customer called it spam{_when(row.complained_at)}." if row.complained_at else ""
    opted_out = f" The customer wants no more of these{_when(row.opted_out_at)}." if row.opted_out_at else ""
    return said + complained + opted_out


def _step(facts: Facts, number: int) -> PlannedStep:
    row = facts.told.row
    channel = row.plan[number]["channel"]
    tried = [attempt for attempt in facts.told.attempts if attempt.channel == channel]
    if number == row.step and row.status in OPEN:
        state = "now"
    elif tried:
        state = "tried"
    elif number > row.step:
        state = "next" if row.status in OPEN else "not needed"
    else:
        state = "passed over" if row.status in {*OPEN, "sent", "delivered"} else "not tried"
    return PlannedStep(channel=channel, state=state, note=_note(facts, channel, [one.status for one in tried]))


def _note(facts: Facts, channel: str, statuses: Sequence[str]) -> str:
    notes = (
        [f"{len(statuses)} attempt{'s' if len(statuses) > 1 else ''}, the last one {statuses[-1]}"] if statuses else []
    )
    if channel in facts.barred:
        notes.append("the address must not be used")
    if channel not in facts.usable:
        notes.append("the channel has no connection")
    return "; ".join(notes) or "nothing stands against it"


def _next(facts: Facts) -> tuple[str, datetime | None]:
    row, work = facts.told.row, facts.work
    if row.status in OPEN and work is not None:
        return _next_of_open(facts, work)
    if row.status == "sent" and row.receipt_due_at is not None and not row.receipt_overdue:
        return "The provider says what became of it, or is asked about by a person afterwards.", row.receipt_due_at
    return _FINALLY.get(row.status, "Nothing more by itself."), None


_FINALLY: Final = {
    "failed": "Nothing by itself: correct the address and resend it, retry it, or tell the customer otherwise.",
    "suppressed": "Nothing by itself: resend it to another address, or tell the customer otherwise.",
}


def _next_of_open(facts: Facts, work: Waiting) -> tuple[str, datetime | None]:
    row = facts.told.row
    if work.parked_at is not None:
        return "Nothing by itself: workers died while they held it, so a person must look at it and retry it.", None
    if work.in_hands:
        return f"A worker is sending it by {row.channel} at this moment.", None
    if lacking := _lacking(facts):
        return lacking, row.valid_until
    if work.after_others:
        return "It goes as soon as the older messages about this order have gone.", None
    return _TURN[row.channel in facts.barred, row.attempts > 0].format(channel=row.channel), work.due_at


def _lacking(facts: Facts) -> str | None:
    row, planned = facts.told.row, {entry["channel"] for entry in facts.told.row.plan}
    has_none = facts.usable.isdisjoint(planned)
    if "voice" in planned - facts.usable and (has_none or row.channel == "voice"):
        return "A person calls the customer; it goes by itself if a connection is added before that."
    return "It goes when a connection for one of its channels is added, before its time is over." if has_none else None


# Whether the address is barred, and whether it was tried before.
_TURN: Final = {
    (False, False): "It is tried by {channel}.",
    (False, True): "It is tried once more, by {channel}.",
    (True, False): "It goes on to its next channel, or to a person if there is none.",
    (True, True): "It goes on to its next channel, or to a person if there is none.",
}


def _line(line: Recorded, told: Told) -> str:
    """One line of the trail, as a sentence; the provider's words are the attempt's, the trail has none."""
    data = line.data
    about = {"channel": data.get("channel", ""), "connection": data.get("connection", ""), "actor": line.actor}
    words = _LINES.get(line.kind, f"{line.kind} by {{actor}}").format(**about)
    because = data.get("reason") or data.get("because")
    if line.kind == "receipt.received":
        words = f"{line.actor.rpartition('/')[2]} says {data['provider_status']}, which means {data['status']}"
        because = _error_of(told, line.subject) if data["status"] in {"failed", "bounced"} else None
    code = f" [{data['code']}]" if data.get("code") else ""
    return f"{words}: {because}{code}." if because else f"{words}{code}."


def _error_of(told: Told, attempt: str) -> str | None:
    errors = [one.error for one in told.attempts if wire("att", one.id) == attempt]
    return errors[0].get("reason") if errors and errors[0] is not None else None


_LINES: Final = {
    "attempt.settled": "Tried by {channel} over {connection}",
    "message.judged": "Not tried by {channel}",
    "message.resumed": "It goes on by {channel}",
    "message.failed": "Given up",
    "message.resent": "Sent again by {actor}",
    "message.cancelled": "Taken back by {actor}",
    "message.dropped": "Given up by {actor}",
    "message.redirected": "It follows the customer, who is reached elsewhere now, says {actor}",
    "message.replayed": "Put back into the outbox by {actor}",
    "receipt.overdue": "What became of it was not said in time",
    "deadline.handed_over": "What was promised to the customer has been told by another message",
    "deadline.reopened": "The time that was promised to the customer runs again",
}


def _when(at: datetime | None) -> str:
    return f" on {at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC" if at is not None else ""
