"""Takes in the wish to be forgotten; the worker carries it out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.orders.whose import Person
from tidings.outbox.leave import Errand, leave_errands
from tidings.records.append import Entry, append
from tidings.retention.person import Meant, found_person
from tidings.retention.tables import ErasureRow

# An order is received at the instant at which it was judged, and seen when it is committed: the erasure waits until all
# that were received before it must be there. Longer than a request of tidings_app can take between the two (its
# settings in the first migration: a statement 15 s, a lock 10 s, idle in a transaction 30 s).
MARGIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RequestErasure:
    """Somebody wants to be forgotten."""

    meant: Meant
    actor: str


async def request_erasure(tx: Tx, command: RequestErasure, *, now: datetime) -> ErasureRow:
    """Write it down, and leave it to the worker, who begins a little later.

    Raises:
        NotFound: there is no such order.
        InvalidInput: the phone number is none.
    """
    scope, found = tx.scope, await found_person(tx, command.meant)
    row = ErasureRow(
        storefront_id=scope.storefront_id,
        id=new_id(),
        mode=scope.mode,
        status="requested",
        person=stored_person(found.person),
        order_id=found.order_id,
        after=UUID(int=0),
        held=[],
        erased={"orders": 0, "messages": 0, "taken_back": 0},
        kept=[],
        requested_at=now,
        requested_by=command.actor,
        finished_at=None,
    )
    tx.session.add(row)
    await tx.flush()
    about = wire("ers", row.id)
    due_at = now + MARGIN
    await leave_errands(tx, Errand(scope.storefront_id, scope.mode, scope.storefront_id, "erase_person", about, due_at))
    await append(tx, Entry(scope.storefront_id, None, scope.mode, "erasure.requested", about, command.actor, now))
    return row


def stored_person(person: Person) -> dict[str, str]:
    """As it is kept until it is done."""
    return {name: value for name, value in (("email", person.email), ("phone", person.phone)) if value is not None}
