"""Takes back all that is still to be sent about some orders, for good; and says where anything was ever sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tidings.delivery.suppress import canonical
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.outbox.again import drop_work
from tidings.records.append import Entry, append

# Messages before work, as whoever settles locks them.
_HELD = """
SELECT id, order_id, status, channel, recipient, plan, milestone FROM messages
WHERE storefront_id = $1 AND order_id = ANY($2) ORDER BY storefront_id, order_id, id FOR NO KEY UPDATE
"""

# One that is on its way this moment goes: its answer makes it `sent` all the same (settle.py).
_CANCEL = """
UPDATE messages SET status = 'cancelled', updated_at = $4, receipt_due_at = NULL
WHERE storefront_id = $1 AND order_id = ANY($2) AND id = ANY($3)
"""

_TRIED = """
SELECT DISTINCT channel, recipient FROM attempts WHERE storefront_id = $1 AND order_id = ANY($2)
ORDER BY channel, recipient
"""

_OPEN = ("pending", "sending")


@dataclass(frozen=True, slots=True)
class Written:
    """What was said about some orders, and where to."""

    messages: Sequence[UUID]
    # Each in the one spelling under which it is suppressed.
    addresses: Sequence[str]
    taken_back: int


async def take_back(tx: Tx, order_ids: Sequence[UUID], *, actor: str, now: datetime) -> Written:
    """Nothing more is sent about these orders once this is committed; what a provider has already, it has."""
    scope = tx.scope
    rows = await tx.raw.fetch(_HELD, scope.storefront_id, order_ids)
    waiting = [row for row in rows if row["status"] in _OPEN]
    await drop_work(tx, [(scope.storefront_id, row["id"]) for row in rows])
    await tx.raw.execute(_CANCEL, scope.storefront_id, order_ids, [row["id"] for row in waiting], now)
    await append(
        tx,
        *(
            Entry(
                scope.storefront_id, row["order_id"], scope.mode, "message.cancelled", wire("msg", row["id"]), actor,
                now, {"milestone": row["milestone"], "channel": row["channel"], "reason": "erased"},
            )
            for row in waiting
        ),
    )  # fmt: skip
    tried = await tx.raw.fetch(_TRIED, scope.storefront_id, order_ids)
    steps = [(step["channel"], step["to"]) for row in rows for step in row["plan"]]
    places = [*steps, *((row["channel"], row["recipient"]) for row in (*rows, *tried))]
    return Written(
        messages=[row["id"] for row in rows],
        addresses=places_of(places),
        taken_back=len(waiting),
    )


def places_of(places: Iterable[tuple[str, str]]) -> list[str]:
    """The addresses among these (each with its channel), in the one spelling under which they are suppressed."""
    return sorted({canonical(channel, address) for channel, address in places if address})
