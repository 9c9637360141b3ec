"""Takes in the wish for all that is known of somebody; the worker makes it."""

from dataclasses import dataclass
from datetime import datetime

from tidings.kit.db import Tx
from tidings.kit.ids import new_id, wire
from tidings.outbox.leave import Errand, leave_errands
from tidings.records.append import Entry, append
from tidings.retention.held import digests_of
from tidings.retention.person import Meant, found_person
from tidings.retention.request_erasure import stored_person
from tidings.retention.tables import ExportRow


@dataclass(frozen=True, slots=True)
class RequestExport:
    """Somebody wants to know what is known of them."""

    meant: Meant
    actor: str


async def request_export(tx: Tx, command: RequestExport, *, now: datetime) -> ExportRow:
    """Write it down, and leave it to the worker.

    Raises:
        NotFound: there is no such order.
        InvalidInput: the phone number is none.
    """
    scope, found = tx.scope, await found_person(tx, command.meant)
    person = found.person
    row = ExportRow(
        storefront_id=scope.storefront_id,
        id=new_id(),
        mode=scope.mode,
        status="requested",
        person=stored_person(person),
        digests=digests_of(scope.storefront_id, person.email, person.phone),
        order_ids=[] if found.order_id is None else [wire("ord", found.order_id)],
        content=None,
        size=None,
        sha256=None,
        requested_at=now,
        requested_by=command.actor,
        made_at=None,
        expires_at=None,
    )
    tx.session.add(row)
    await tx.flush()
    about = wire("exp", row.id)
    await leave_errands(tx, Errand(scope.storefront_id, scope.mode, scope.storefront_id, "make_export", about, now))
    await append(tx, Entry(scope.storefront_id, None, scope.mode, "export.requested", about, command.actor, now))
    return row
