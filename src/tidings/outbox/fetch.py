"""Fetches errands that are due: each in one worker's hands at a time, fenced by a lease.

Whoever carries one out ends it with `finish_errand` or `put_off_errand` in the very transaction that writes what it
came to; both say whether the lease still held, and if it did not, that transaction must leave nothing behind.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Begin, Mode, Tx
from tidings.kit.ids import new_id
from tidings.kit.rows import json_text
from tidings.kit.scope import Scope
from tidings.outbox.kinds import ErrandKind

# After so many turns a person must look at it.
MOST_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class ErrandInHand:
    """An errand that this worker carries out now."""

    scope: Scope
    order_id: UUID
    id: UUID
    kind: ErrandKind
    subject: str
    data: Mapping[str, Any]
    # This turn counted.
    tries: int
    token: UUID


class LeaseLost(Exception):
    """Somebody else has the errand by now: what this turn has done is rolled back."""


# Walks ix_errands_due. Of one shop only so many at once, so that its verifier that hangs holds up nobody else's; $4
# are the shops that have their share in hand already.
_FETCH = """
WITH due AS (
    SELECT storefront_id, id, row_number() OVER (PARTITION BY storefront_id ORDER BY due_at) AS place
    FROM (
        SELECT storefront_id, id, due_at FROM errands
        WHERE parked_at IS NULL AND due_at <= $1 AND (lease_until IS NULL OR lease_until < now())
          AND storefront_id <> ALL ($4::uuid[])
        ORDER BY due_at LIMIT 1000
    ) first
),
picked AS (
    SELECT e.storefront_id, e.id FROM errands e JOIN due USING (storefront_id, id)
    WHERE due.place <= $5 AND e.parked_at IS NULL AND (e.lease_until IS NULL OR e.lease_until < now())
    ORDER BY e.due_at LIMIT $2
    FOR UPDATE OF e SKIP LOCKED
)
UPDATE errands e SET lease_until = now() + make_interval(secs => $6), lease_token = $3, tries = e.tries + 1
FROM picked p WHERE e.storefront_id = p.storefront_id AND e.id = p.id
RETURNING e.storefront_id, e.mode, e.order_id, e.id, e.kind, e.subject, e.data::text AS data, e.tries
"""

_FINISH = "DELETE FROM errands WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 RETURNING id"

_PUT_OFF = """
UPDATE errands SET due_at = $4, data = $5::text::jsonb, lease_until = NULL, lease_token = NULL
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 RETURNING id
"""

_PARK = """
UPDATE errands SET parked_at = $4, lease_until = NULL, lease_token = NULL
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Fetching:
    """How errands are fetched."""

    most: int = 20
    most_of_one_shop: int = 8
    lease: timedelta = timedelta(seconds=60)


async def fetch_errands(
    begin: Begin, now: datetime, how: Fetching, *, busy_shops: Collection[UUID] = ()
) -> list[ErrandInHand]:
    """Take errands that are due in hand, and commit that."""
    token = new_id()
    async with begin.across() as tx:
        rows = await tx.raw.fetch(
            _FETCH, now, how.most, token, list(busy_shops), how.most_of_one_shop, how.lease.total_seconds()
        )
    return [
        ErrandInHand(
            scope=Scope(row["storefront_id"], _mode(row["mode"])),
            order_id=row["order_id"],
            id=row["id"],
            kind=row["kind"],
            subject=row["subject"],
            data=_loaded(row["data"]),
            tries=row["tries"],
            token=token,
        )
        for row in rows
    ]


def _mode(text: str) -> Mode:
    return "live" if text == "live" else "test"


def _loaded(text: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(text)
    return found


async def finish_errand(tx: Tx, errand: ErrandInHand) -> None:
    """It is done: nothing is left of it once this transaction commits.

    Raises:
        LeaseLost: somebody else has it by now.
    """
    await _fenced(tx, _FINISH, errand)


async def put_off_errand(tx: Tx, errand: ErrandInHand, until: datetime, data: Mapping[str, Any] | None = None) -> None:
    """It is tried again then, by whomever; `data` is what the next try must know (None: as before).

    Raises:
        LeaseLost: somebody else has it by now.
    """
    tx.wakes_worker = True
    await _fenced(tx, _PUT_OFF, errand, until, json_text(errand.data if data is None else data))


async def park_errand(tx: Tx, errand: ErrandInHand, now: datetime) -> None:
    """It is not tried any more until a person has looked at it.

    Raises:
        LeaseLost: somebody else has it by now.
    """
    await _fenced(tx, _PARK, errand, now)


async def _fenced(tx: Tx, statement: str, errand: ErrandInHand, *more: object) -> None:
    await tx.flush()
    gone = await tx.raw.fetchval(statement, errand.scope.storefront_id, errand.id, errand.token, *more)
    if gone is None:
        raise LeaseLost
