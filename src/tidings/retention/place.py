"""Places a legal hold: from its commit on nothing of it is deleted, neither by time nor at anybody's wish."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.records.append import Entry, append
from tidings.retention.held import digests_of, keep_deletions_out
from tidings.retention.kinds import Reach
from tidings.retention.person import Meant, customer_of, found_person
from tidings.retention.tables import HoldRow


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Keep this, whatever happens."""

    reach: Reach
    meant: Meant
    reason: str
    actor: str


async def place_hold(tx: Tx, command: PlaceHold, *, now: datetime) -> HoldRow:
    """Place the hold; an order that is being deleted this moment is gone, or is kept: never half of it.

    Raises:
        NotFound: there is no such order (any more).
        InvalidInput: the phone number is none.
    """
    scope, meant = tx.scope, command.meant
    await keep_deletions_out(tx, scope.storefront_id)
    order_id: UUID | None = None
    digests: list[str] = []
    if command.reach == "order" and meant.order is not None:
        order_id = (await customer_of(tx, meant.order)).order_id
    elif command.reach == "customer":
        found = await found_person(tx, meant)
        # Of whoever has no address, this one order is all that can be held.
        order_id = found.order_id
        digests = digests_of(scope.storefront_id, found.person.email, found.person.phone)
    row = HoldRow(
        storefront_id=scope.storefront_id,
        id=new_id(),
        mode=scope.mode,
        reach=command.reach,
        order_id=order_id,
        digests=digests,
        reason=command.reason,
        placed_at=now,
        placed_by=command.actor,
        released_at=None,
        released_by=None,
        release_reason=None,
    )
    tx.session.add(row)
    await tx.flush()
    await append(tx, entry_of(row, "hold.placed", command.actor, now))
    return row


def entry_of(row: HoldRow, kind: str, actor: str, now: datetime) -> Entry:
    """The line about it: whom it concerns, and why, stay with the hold."""
    return Entry(
        storefront_id=row.storefront_id,
        order_id=row.order_id,
        mode="live" if row.mode == "live" else "test",
        kind=kind,
        subject=wire("hld", row.id),
        actor=actor,
        at=now,
        data={"reach": row.reach},
    )
