"""Claims work: fair between storefronts and connections, in order within an order, fenced by a lease.

The statements here are fragments (common table expressions), so that a slice can claim and read what it needs in one
round trip.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import asyncpg

from tidings.kit.db import Tx

# After so many leases that ended without a word, a row is claimed only by itself; once more, and it is parked.
SUSPECT_AFTER = 2


class Route(NamedTuple):
    """Where work goes out: one storefront's channel in one mode. Its connections share what is claimed for it."""

    storefront_id: UUID
    mode: str
    queue: str


# The statements here, and whoever looks for a piece of work by its id, must not depend on how many rows the planner
# believes in: it may have looked when there were none (docs/decisions/0027). So each names its index by the order that
# it asks for, or is fenced in by OFFSET 0.

# A loose index scan over ix_outbox_route: one probe per route, however many rows wait in each.
_ROUTES = """
WITH RECURSIVE route AS (
    (SELECT storefront_id, mode, queue FROM outbox ORDER BY mode, queue, storefront_id LIMIT 1)
    UNION ALL
    SELECT next.* FROM route CROSS JOIN LATERAL (
        SELECT o.storefront_id, o.mode, o.queue FROM outbox o
        WHERE (o.mode, o.queue, o.storefront_id) > (route.mode, route.queue, route.storefront_id)
        ORDER BY o.mode, o.queue, o.storefront_id LIMIT 1
    ) next
)
SELECT storefront_id, mode, queue FROM route
"""

# Probes ix_outbox_lane. IS NOT DISTINCT FROM, because = would fit other indexes, too.
_OLDEST = """NOT EXISTS (
    SELECT FROM outbox older
    WHERE older.order_id = o.order_id AND older.lane = o.lane AND older.order_seq < o.order_seq
      AND older.storefront_id IS NOT DISTINCT FROM o.storefront_id
    OFFSET 0
)"""

# $1 to $4: the routes and how many rows each may get; $5 lease in seconds, $6 token, $7 owner, $8 least and $9 greatest
# number of lost leases. Per route one walk along ix_outbox_route; of an order only the oldest message in its lane may
# leave. What was picked is locked, so its place in the table stays.
#
# The commit is not waited for: a lease that a crash of the server forgets is simply not there, and whatever follows
# from it (the attempt, before anything leaves) commits later in the same log, which does wait.
CLAIMED = f"""
lazily AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
route AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) AS r (storefront_id, mode, queue, quota)
),
picked AS (
    SELECT o.place FROM lazily CROSS JOIN route r CROSS JOIN LATERAL (
        SELECT o.ctid AS place FROM outbox o
        WHERE (o.mode, o.queue, o.storefront_id) >= (r.mode, r.queue, r.storefront_id)
          AND (o.mode, o.queue, o.storefront_id) <= (r.mode, r.queue, r.storefront_id) AND o.due_at <= now()
          AND o.lost_leases + (o.lease_token IS NOT NULL)::int BETWEEN $8 AND $9
          AND {_OLDEST}
        ORDER BY o.mode, o.queue, o.storefront_id, o.priority, o.due_at LIMIT r.quota
        FOR UPDATE SKIP LOCKED
    ) o
),
claimed AS (
    UPDATE outbox o SET
        due_at = now() + make_interval(secs => $5), lease_token = $6, lease_owner = $7,
        lost_leases = o.lost_leases + (o.lease_token IS NOT NULL)::int
    WHERE o.ctid = ANY (ARRAY(SELECT place FROM picked))
    RETURNING o.storefront_id, o.id, o.order_id, o.mode, o.queue, o.lost_leases
)
"""  # noqa: S608 - a fragment of our own

# Through ix_outbox_suspect; each worker looks at every sweep, and what another one is parking is parked by that one.
_PARK = f"""
UPDATE outbox SET parked_at = now(), due_at = 'infinity', lease_token = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM outbox
    WHERE due_at <= now() AND lost_leases >= {SUSPECT_AFTER} AND lease_token IS NOT NULL
    FOR NO KEY UPDATE SKIP LOCKED
))
RETURNING storefront_id, mode, order_id, id
"""  # noqa: S608 - a number of our own

_GIVE_BACK = """
UPDATE outbox SET due_at = now(), lease_token = NULL WHERE id = ANY ($1::uuid[]) AND lease_token = $2
"""


async def routes_with_work(connection: asyncpg.Connection) -> list[Route]:
    """Every route that has work, due or not."""
    return [Route(row["storefront_id"], row["mode"], row["queue"]) for row in await connection.fetch(_ROUTES)]


@dataclass(frozen=True, slots=True)
class Parked:
    """Work that is not claimed any more until a person has looked at it."""

    storefront_id: UUID
    mode: str
    order_id: UUID
    id: UUID


async def park_poison(tx: Tx) -> list[Parked]:
    """Park what took its worker down even when it was claimed alone."""
    rows = await tx.raw.fetch(_PARK)
    return [Parked(row["storefront_id"], row["mode"], row["order_id"], row["id"]) for row in rows]


async def give_back(connection: asyncpg.Connection, ids: list[UUID], token: UUID) -> None:
    """Return claimed work that was not begun: due again at once, for anybody."""
    await connection.execute(_GIVE_BACK, ids, token)


# One that waits for an older one of its order cannot be claimed.
_SUSPECTS = f"""
SELECT o.storefront_id, o.mode, o.queue FROM outbox o
WHERE o.lost_leases > 0 AND o.lease_token IS NOT NULL AND o.due_at <= now() - make_interval(secs => $1)
  AND {_OLDEST}
ORDER BY o.due_at LIMIT 1
"""  # noqa: S608 - a fragment of our own


async def route_with_suspect(tx: Tx, *, waited_seconds: float = 0) -> Route | None:
    """The route of a row whose workers died while they held it, if one has waited for so long.

    Through ix_outbox_suspect.
    """
    row = await tx.raw.fetchrow(_SUSPECTS, waited_seconds)
    return None if row is None else Route(row["storefront_id"], row["mode"], row["queue"])
