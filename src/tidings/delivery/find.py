"""Finds the attempts that providers talk about: by our own id, or else by the one that the provider gave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tidings.delivery.receive import AttemptRef
from tidings.kit.db import Tx

# A shorter head of an id is no id.
_SHORTEST: Final = 8


@dataclass(frozen=True, slots=True)
class Sought:
    """What a provider says of the attempt that it means. The connection must be the one that was used."""

    storefront_id: UUID
    connection_id: UUID
    attempt_id: UUID | None
    provider_message_id: str | None


_BY_OURS = """
SELECT k.place, a.storefront_id, a.order_id, a.message_id, a.id
FROM unnest($1::int4[], $2::uuid[], $3::uuid[], $4::uuid[]) AS k (place, storefront_id, connection_id, id)
JOIN attempts a USING (storefront_id, connection_id, id)
"""

# The longest id wins: some providers add parts to theirs, separated by dots.
_BY_THEIRS = """
SELECT DISTINCT ON (k.place) k.place, a.storefront_id, a.order_id, a.message_id, a.id
FROM unnest($1::int4[], $2::uuid[], $3::uuid[], $4::text[])
    AS k (place, storefront_id, connection_id, provider_message_id)
JOIN attempts a USING (storefront_id, connection_id, provider_message_id)
ORDER BY k.place, length(k.provider_message_id) DESC, a.id DESC
"""


async def find_attempts(tx: Tx, sought: Sequence[Sought]) -> Mapping[int, AttemptRef]:
    """The attempts, by the place of what was sought; what is not found is left out."""
    found = await _found(
        tx, _BY_OURS, [(place, one, one.attempt_id) for place, one in enumerate(sought) if one.attempt_id is not None]
    )
    missing = [
        (place, one, name)
        for place, one in enumerate(sought)
        if place not in found and one.provider_message_id is not None
        for name in heads(one.provider_message_id)
    ]
    return found | await _found(tx, _BY_THEIRS, missing)


async def _found(tx: Tx, statement: str, wanted: Sequence[tuple[int, Sought, UUID | str]]) -> dict[int, AttemptRef]:
    if not wanted:
        return {}
    rows = await tx.raw.fetch(
        statement,
        [place for place, _, _ in wanted],
        [one.storefront_id for _, one, _ in wanted],
        [one.connection_id for _, one, _ in wanted],
        [name for _, _, name in wanted],
    )
    return {row["place"]: AttemptRef(*row[1:]) for row in rows}


def heads(name: str) -> Iterator[str]:
    """An id, and what is left of it when parts are taken off its end: `a.b.c`, `a.b`, `a`, as long as it is an id."""
    while len(name) >= _SHORTEST:
        yield name
        name, dot, _ = name.rpartition(".")
        if not dot:
            return


@dataclass(frozen=True, slots=True)
class Addressed:
    """An address on a channel, and the orders (of one storefront) about which something may have been sent there."""

    storefront_id: UUID
    channel: str
    address: str
    orders: Sequence[UUID]


# An order has few attempts: found through the primary key's first columns.
_LATEST = """
SELECT DISTINCT ON (k.place) k.place, a.storefront_id, a.order_id, a.message_id, a.id
FROM unnest($1::int4[], $2::uuid[], $3::uuid[], $4::text[], $5::text[])
    AS k (place, storefront_id, order_id, channel, address)
JOIN attempts a USING (storefront_id, order_id, channel)
WHERE lower(a.recipient) = lower(k.address)
ORDER BY k.place, a.started_at DESC, a.id DESC
"""


async def latest_attempts_to(tx: Tx, these: Sequence[Addressed]) -> Mapping[int, AttemptRef]:
    """The newest attempt to each address, by its place; where nothing was sent to is left out."""
    wanted = [
        (place, one.storefront_id, order_id, one.channel, one.address)
        for place, one in enumerate(these)
        for order_id in one.orders
    ]
    if not wanted:
        return {}
    rows = await tx.raw.fetch(_LATEST, *map(list, zip(*wanted, strict=True)))
    return {row["place"]: AttemptRef(*row[1:]) for row in rows}
