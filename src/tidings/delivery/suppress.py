"""Addresses that must not be used: adds them, ends them, and says which of some addresses are among them.

One row per address, channel and reason: whoever ends one leaves the others standing, so a STOP outlives what the desk
took back. It is kept when it ends, so that the desk can see that it once stood.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal, NamedTuple
from uuid import UUID

import asyncpg

from tidings.delivery.tables import SuppressionRow
from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.rows import Rows, arguments, insert_part
from tidings.records.append import Entry, append

SuppressReason = Literal["hard_bounce", "complaint", "opt_out", "manual"]

TABLE = SuppressionRow.__table__

# An address that was erased and still must not be used: as SQL over the storefront's id and the address.
HASHED: Final = "'sha256:' || encode(sha256(convert_to({0}::text || ':' || {1}, 'UTF8')), 'hex')"


def hashed(storefront_id: UUID, address: str) -> str:
    """The same of an address in its one spelling."""
    return f"sha256:{sha256(f'{storefront_id}:{address}'.encode()).hexdigest()}"


_COLUMNS = ("storefront_id", "id", "mode", "channel", "address", "reason", "source", "created_at", "ends_at")

# One that stands is left as it is, unless it would end before what is now said.
_SUPPRESS = insert_part(
    TABLE,
    _COLUMNS,
    1,
    tail="""
ON CONFLICT (storefront_id, mode, channel, address, reason) DO UPDATE
SET source = excluded.source, created_at = excluded.created_at, ends_at = excluded.ends_at
WHERE suppressions.ends_at <= excluded.created_at
   OR suppressions.ends_at < coalesce(excluded.ends_at, 'infinity')
RETURNING storefront_id, id, mode, channel, reason, source
""",
)

_LIFT = f"""
UPDATE suppressions s SET ends_at = $5
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS k(storefront_id, mode, channel, address)
WHERE s.storefront_id = k.storefront_id AND s.mode = k.mode AND s.channel = k.channel
  AND s.address IN (k.address, {HASHED.format("k.storefront_id", "k.address")})
  AND s.reason = 'opt_out' AND (s.ends_at IS NULL OR s.ends_at > $5)
RETURNING s.storefront_id, s.id, s.mode, s.channel, s.reason, k.address
"""  # noqa: S608 - an expression of our own

_AMONG = f"""
SELECT DISTINCT k.storefront_id, k.mode, k.channel, k.address
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS k(storefront_id, mode, channel, address)
JOIN suppressions s ON s.storefront_id = k.storefront_id AND s.mode = k.mode AND s.channel = k.channel
    AND s.address IN (k.address, {HASHED.format("k.storefront_id", "k.address")})
WHERE s.ends_at IS NULL OR s.ends_at > $5
"""  # noqa: S608 - an expression of our own

_END = """
UPDATE suppressions SET ends_at = $4
WHERE storefront_id = $1 AND mode = $2 AND id = $3 AND (ends_at IS NULL OR ends_at > $4)
RETURNING storefront_id, id, mode, channel, reason
"""


class Address(NamedTuple):
    """An address on a channel, as one storefront (and mode) uses it."""

    storefront_id: UUID
    mode: Mode
    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Suppressing:
    """An address that must not be used from now on, and why."""

    at: Address
    reason: SuppressReason
    # Who said so: `att_…`, `con_…` or `staff/…`.
    source: str
    # The order by which it came to light, for the trail.
    order_id: UUID | None = None
    ends_at: datetime | None = None


def canonical(channel: str, address: str) -> str:
    """The one spelling under which an address is suppressed: mailboxes differ by more than case nowhere that counts."""
    return address.strip().lower() if channel == "email" else address.strip()


async def suppress(tx: Tx, these: Iterable[Suppressing], *, now: datetime) -> list[UUID]:
    """Suppress these addresses; the ids of those that were not suppressed before, for this reason and for so long."""
    wanted = _each_once(these)
    if not wanted:
        return []
    await tx.flush()
    found = await tx.raw.fetch(_SUPPRESS, *_arguments(wanted, now))
    orders = {(one.at.storefront_id, one.source): one.order_id for one in wanted}
    await append(tx, *(_entry(row, orders[row["storefront_id"], row["source"]], now) for row in found))
    return [row["id"] for row in found]


def _each_once(these: Iterable[Suppressing]) -> list[Suppressing]:
    """One for each address and reason; sorted, so that two transactions lock them in the same order."""
    found: dict[tuple[Address, SuppressReason], Suppressing] = {}
    for one in these:
        at = one.at._replace(address=canonical(one.at.channel, one.at.address))
        found.setdefault((at, one.reason), replace(one, at=at))
    return [found[key] for key in sorted(found)]


def _arguments(wanted: Sequence[Suppressing], now: datetime) -> list[list[object]]:
    rows = Rows()
    for one in wanted:
        values = (*_identity(one), one.reason, one.source, now, one.ends_at)
        rows.add(TABLE, dict(zip(_COLUMNS, values, strict=True)))
    return arguments(rows, ((TABLE, _COLUMNS, ""),))


def _identity(one: Suppressing) -> tuple[UUID, UUID, str, str, str]:
    return one.at.storefront_id, new_id(), one.at.mode, one.at.channel, one.at.address


def _entry(row: asyncpg.Record, order_id: UUID | None, now: datetime) -> Entry:
    return Entry(
        storefront_id=row["storefront_id"],
        order_id=order_id,
        mode=row["mode"],
        kind="address.suppressed",
        subject=wire("sup", row["id"]),
        actor=row["source"],
        at=now,
        data={"channel": row["channel"], "reason": row["reason"]},
    )


async def lift_opt_outs(tx: Tx, these: Sequence[Address], *, actor: str, now: datetime) -> set[Address]:
    """The customer took a STOP back: these addresses may be used again, unless suppressed for another reason.

    Returns:
        Those of them, as they were given, for which a STOP stood.
    """
    found = await tx.raw.fetch(_LIFT, *_columns(these), now)
    await append(tx, *(_ended(row, actor, now) for row in found))
    lifted = {Address(row["storefront_id"], row["mode"], row["channel"], row["address"]) for row in found}
    return {one for one in these if one._replace(address=canonical(one.channel, one.address)) in lifted}


async def end(tx: Tx, suppression_id: UUID, *, actor: str, now: datetime) -> bool:
    """End one suppression of the transaction's storefront and mode; False when it does not stand."""
    scope = tx.scope
    found = await tx.raw.fetch(_END, scope.storefront_id, scope.mode, suppression_id, now)
    await append(tx, *(_ended(row, actor, now) for row in found))
    return bool(found)


def _ended(row: asyncpg.Record, actor: str, now: datetime) -> Entry:
    return Entry(
        storefront_id=row["storefront_id"],
        order_id=None,
        mode=row["mode"],
        kind="address.allowed",
        subject=wire("sup", row["id"]),
        actor=actor,
        at=now,
        data={"channel": row["channel"], "reason": row["reason"]},
    )


async def suppressed_among(tx: Tx, these: Sequence[Address], *, now: datetime) -> set[Address]:
    """Which of these addresses must not be used now, as they were asked for."""
    if not these:
        return set()
    found = {Address(*row) for row in await tx.raw.fetch(_AMONG, *_columns(these), now)}
    return {one for one in these if one._replace(address=canonical(one.channel, one.address)) in found}


def _columns(these: Sequence[Address]) -> tuple[list[UUID], list[str], list[str], list[str]]:
    return (
        [one.storefront_id for one in these],
        [one.mode for one in these],
        [one.channel for one in these],
        [canonical(one.channel, one.address) for one in these],
    )
