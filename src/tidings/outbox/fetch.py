"""Fetches errands that are due: each in one worker's hands at a time, fenced by a lease.

Whoever carries one out ends it with `finish_errand` or `put_off_errand` in the very transaction that writes what it
came to; both say whether the lease still held, and if it did not, that transaction must leave nothing behind.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tidings.kit.db import Begin, Mode, Tx
from tidings.kit.ids import new_id
from tidings.kit.rows import json_text
from tidings.kit.scope import Scope
from tidings.outbox.kinds import ErrandKind

# After so many turns a person must look at it; much sooner if its workers died without a word. Not at once: it may
# only have been in hand beside the one that took them down.
MOST_TRIES: Final = 20
MOST_LOST_LEASES: Final = 5


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
    # So many turns before this one ended without a word.
    lost_leases: int = 0


class LeaseLost(Exception):
    """Somebody else has the errand by now: what this turn has done is rolled back."""


# Walks ix_errands_due. Of one shop only so many at once, so that its verifier that hangs holds up nobody else's; $4
# are the shops of which this worker has some in hand already, and $5 how many.
_FETCH = """
WITH in_hand AS (
    SELECT * FROM unnest($4::uuid[], $5::int4[]) AS h (storefront_id, count)
),
due AS (
    SELECT first.spot,
           row_number() OVER (PARTITION BY first.storefront_id ORDER BY first.due_at) + coalesce(h.count, 0) AS place
    FROM (
        SELECT ctid AS spot, storefront_id, due_at FROM errands
        WHERE parked_at IS NULL AND due_at <= $1 AND (lease_until IS NULL OR lease_until < now())
          AND storefront_id <> ALL (SELECT storefront_id FROM in_hand WHERE count >= $6)
        ORDER BY due_at LIMIT 1000
    ) first
    LEFT JOIN in_hand h USING (storefront_id)
),
picked AS (
    SELECT ctid AS spot FROM errands
    WHERE ctid = ANY (ARRAY(SELECT spot FROM due WHERE place <= $6)) AND parked_at IS NULL AND due_at <= $1
      AND (lease_until IS NULL OR lease_until < now())
    ORDER BY due_at LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE errands e SET lease_until = now() + make_interval(secs => $7), lease_token = $3,
    tries = least(e.tries + 1, 32000), lost_leases = e.lost_leases + (e.lease_until IS NOT NULL)::int
WHERE e.ctid = ANY (ARRAY(SELECT spot FROM picked))
RETURNING e.storefront_id, e.mode, e.order_id, e.id, e.kind, e.subject, e.data::text AS data, e.tries, e.lost_leases
"""

_FINISH = "DELETE FROM errands WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 RETURNING id"

_PUT_OFF = """
UPDATE errands SET due_at = $4, data = $5::text::jsonb, tries = CASE WHEN $6 THEN 0 ELSE tries END,
    lease_until = NULL, lease_token = NULL, lost_leases = 0
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 RETURNING id
"""

_NOTE = """
UPDATE errands SET data = $4::text::jsonb WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 RETURNING id
"""

_PARK = """
UPDATE errands SET parked_at = $4, lease_until = NULL, lease_token = NULL, lost_leases = 0
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3 RETURNING id
"""

_GIVE_BACK = """
UPDATE errands SET lease_until = NULL, lease_token = NULL, tries = greatest(tries - 1, 0)
WHERE storefront_id = $1 AND id = $2 AND lease_token = $3
"""


@dataclass(frozen=True, slots=True)
class Fetching:
    """How errands are fetched."""

    most: int = 20
    most_of_one_shop: int = 8
    lease: timedelta = timedelta(seconds=60)


_NOTHING: Final[Mapping[UUID, int]] = {}


async def fetch_errands(
    begin: Begin, now: datetime, how: Fetching, *, in_hand: Mapping[UUID, int] = _NOTHING
) -> list[ErrandInHand]:
    """Take errands that are due in hand: one statement that is its own transaction, for most looks find nothing.

    Args:
        begin: opens transactions.
        now: by the application's clock, which errands are due by.
        how: how many, and for how long.
        in_hand: how many of each shop are in the same hand already.
    """
    token, shops, counts = new_id(), list(in_hand), list(in_hand.values())
    async with begin.statement() as connection:
        rows = await connection.fetch(
            _FETCH, now, how.most, token, shops, counts, how.most_of_one_shop, how.lease.total_seconds()
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
            lost_leases=row["lost_leases"],
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


async def put_off_errand(
    tx: Tx, errand: ErrandInHand, until: datetime, data: Mapping[str, Any] | None = None, *, afresh: bool = False
) -> None:
    """It is tried again then, by whomever.

    Args:
        tx: the transaction that writes what this turn came to.
        errand: what is in hand.
        until: by the application's clock.
        data: what the next try must know; None: as before.
        afresh: True when nothing went wrong, so that the turns so far do not count.

    Raises:
        LeaseLost: somebody else has it by now.
    """
    tx.wakes_worker = True
    await _fenced(tx, _PUT_OFF, errand, until, json_text(errand.data if data is None else data), afresh)


async def note_errand(tx: Tx, errand: ErrandInHand, data: Mapping[str, Any]) -> None:
    """What the next turn must know, whatever becomes of this one.

    Raises:
        LeaseLost: somebody else has it by now.
    """
    await _fenced(tx, _NOTE, errand, json_text(data))


async def park_errand(tx: Tx, errand: ErrandInHand, now: datetime) -> None:
    """It is not tried any more until a person has looked at it.

    Raises:
        LeaseLost: somebody else has it by now.
    """
    await _fenced(tx, _PARK, errand, now)


async def give_back_errand(tx: Tx, errand: ErrandInHand) -> None:
    """It was not done, and nothing is the matter with it: the worker stops. Whoever comes next may have it at once."""
    tx.wakes_worker = True
    await tx.raw.execute(_GIVE_BACK, errand.scope.storefront_id, errand.id, errand.token)


async def _fenced(tx: Tx, statement: str, errand: ErrandInHand, *more: object) -> None:
    await tx.flush()
    gone = await tx.raw.fetchval(statement, errand.scope.storefront_id, errand.id, errand.token, *more)
    if gone is None:
        raise LeaseLost
