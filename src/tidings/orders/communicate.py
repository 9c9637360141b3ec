"""Logs what was said to or by the customer elsewhere (SOP 4.2, 4.6): the record must hold all communications.

What was said may keep a promise: then the clock of that milestone stops, and nobody need say it again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tidings.deadlines.meet import Meeting, meet_clock
from tidings.delivery.owe import dedupe_key
from tidings.delivery.told_otherwise import ToldOtherwise, told_otherwise
from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.milestones.follow import follow
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.orders.subject import subject_told
from tidings.orders.tables import CommunicationRow
from tidings.records.digests import digest_of, new_salt
from tidings.storefronts.kinds import Milestone

# SOP 4.2: what a confirmation must contain, by whomever it is given.
CONFIRMATION: Final = ("order_number", "placed_at", "products", "addresses", "estimated_delivery", "contact")

# Clocks that are not ours are never quite right.
_AHEAD: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, by what means, and which promise it keeps."""

    channel: str
    direction: str
    summary: str
    at: datetime
    fulfils: Milestone | None = None
    # What the milestone is about, as a wire id; None where there is only one such thing.
    subject: str | None = None
    # None: nobody says.
    contents: Sequence[str] | None = None
    # The message that waits to say the same is taken back.
    withdraws: bool = False


async def log_communication(tx: Tx, order_id: UUID | None, said: Said, by: By) -> CommunicationRow:
    """Log it about this order.

    Raises:
        NotFound: there is no such order.
        InvalidInput: it cannot have been said then, or does not fulfil what it is said to.
    """
    order = await order_for_update(tx, order_id)
    faults = [*_faults_of_time(order, said, by), *_faults_of_promise(said)]
    if faults:
        raise InvalidInput(faults=faults)
    return await write_communication(tx, order, said, by)


def _faults_of_time(order: HeldOrder, said: Said, by: By) -> list[Fault]:
    if said.at > by.at + _AHEAD:
        return [Fault("/at", "lies in the future")]
    # Whoever logs by hand writes whole seconds.
    if said.at < order.row.received_at.replace(microsecond=0):
        return [Fault("/at", "lies before the order's receipt")]
    return []


def _faults_of_promise(said: Said) -> list[Fault]:
    if said.fulfils is None:
        return [Fault("/subject_id", "says what `fulfils` is about, which is missing")] if said.subject else []
    if said.direction != "outbound":
        return [Fault("/fulfils", "is fulfilled by what is said to the customer (outbound), not by them")]
    missing = [part for part in CONFIRMATION if part not in _contents(said)]
    if said.fulfils == "order_confirmation" and missing:
        return [Fault("/contents", f"a confirmation must contain all of these, too: {', '.join(missing)}")]
    return []


def _contents(said: Said) -> Sequence[str]:
    """What was told: whoever logs the confirmation, and no more than that, logs a whole one."""
    if said.contents is not None:
        return said.contents
    return CONFIRMATION if said.fulfils == "order_confirmation" else ()


async def write_communication(tx: Tx, order: HeldOrder, said: Said, by: By) -> CommunicationRow:
    """Keep it, let the clock stop that waited for it, and close what others were to do; part of who holds the order.

    Raises:
        InvalidInput: nothing of what it fulfils is owed about its subject.
    """
    about = None if said.fulfils is None else await subject_told(tx, order, said.fulfils, said.subject)
    row = _row(order, said, by, about)
    tx.session.add(row)
    await tx.flush()
    if row.fulfils is not None and row.subject is not None:
        told_at = min(row.at, by.at)
        # The messages before their clock, as whoever settles a send.
        told = ToldOtherwise(row.order_id, row.fulfils, row.subject, by.actor, withdraws=said.withdraws)
        await told_otherwise(tx, told, now=by.at)
        key = dedupe_key(row.fulfils, row.subject, 1)
        await meet_clock(tx, Meeting(row.storefront_id, row.order_id, key, by.actor, told_at), now=by.at)
    await follow(tx, [fact_of(order, "communication.logged", by, _about(row))])
    return row


def _row(order: HeldOrder, said: Said, by: By, subject: str | None) -> CommunicationRow:
    return CommunicationRow(
        salt=new_salt(),
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        id=new_id(),
        channel=said.channel,
        direction=said.direction,
        summary=said.summary,
        fulfils=said.fulfils,
        subject=subject,
        contents=list(dict.fromkeys(_contents(said))),
        at=said.at,
        actor=by.actor,
        logged_at=by.at,
    )


def _about(row: CommunicationRow) -> About:
    """The summary stays in the row: records hold no personal data, and what was said may."""
    data = {"channel": row.channel, "direction": row.direction, "fulfils": row.fulfils, "about": row.subject}
    said = {**data, "id": wire("com", row.id), "contents": row.contents, "at": row.at.isoformat()}
    return About(
        subject=wire("com", row.id),
        data={**data, "contents": row.contents, "summary_digest": digest_of(row.salt or b"", row.summary)},
        snapshot={"communication": json.dumps(said)},
    )
