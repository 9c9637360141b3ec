"""What is held, and the lock between whoever places a hold and whoever deletes: one of them is first.

Whoever deletes takes it shared, before it looks at the holds; whoever places or releases one takes it alone. So a hold
that is placed while its order is being deleted waits, and then finds no order; one that was there first is seen. And
whoever releases one knows how far those have come that saw it.
"""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from tidings.delivery.suppress import hashed
from tidings.kit.db import Tx
from tidings.orders.whose import Customer, customers_of, ever_reached

_KEY: Final = "hashtextextended('tidings holds ' || $1::uuid::text, 0)"
_DELETING: Final = f"SELECT pg_advisory_xact_lock_shared({_KEY})"
_HOLDING: Final = f"SELECT pg_advisory_xact_lock({_KEY})"

_STANDING: Final = """
SELECT mode, reach, order_id, digests FROM holds WHERE storefront_id = $1 AND released_at IS NULL ORDER BY id
"""


async def keep_holds_out(tx: Tx, storefront_id: UUID) -> None:
    """No hold comes or goes until this transaction ends: to be called before it looks at what it may delete."""
    await tx.raw.execute(_DELETING, storefront_id)


async def keep_deletions_out(tx: Tx, storefront_id: UUID) -> None:
    """Nothing is deleted until this transaction ends."""
    await tx.raw.execute(_HOLDING, storefront_id)


async def held_among(tx: Tx, storefront_id: UUID, customers: Sequence[Customer]) -> set[UUID]:
    """Which of these orders are under a hold."""
    holds = await tx.raw.fetch(_STANDING, storefront_id)
    shut = {hold["mode"] for hold in holds if hold["reach"] == "storefront"}
    named = _named(holds)
    held = {one.order_id for one in customers if one.mode in shut or one.order_id in named}
    people = {(hold["mode"], digest) for hold in holds for digest in hold["digests"]}
    return held | await _of_people(tx, storefront_id, [one for one in customers if one.order_id not in held], people)


def _named(holds: Sequence[asyncpg.Record]) -> set[UUID]:
    """A hold on a customer names an order, too, if nothing else is known of them."""
    return {hold["order_id"] for hold in holds if hold["order_id"] is not None}


async def _of_people(
    tx: Tx, storefront_id: UUID, customers: Sequence[Customer], people: Collection[tuple[str, str]]
) -> set[UUID]:
    """Also by addresses that an order had once: who changes theirs does not shake off a hold."""
    if not people or not customers:
        return set()
    reached = await ever_reached(tx, storefront_id, [one.order_id for one in customers])
    return {
        one.order_id
        for one in customers
        if any(
            (one.mode, hashed(storefront_id, address)) in people
            for address in (*one.addresses, *reached.get(one.order_id, ()))
        )
    }


async def is_shut(tx: Tx, storefront_id: UUID, mode: str) -> bool:
    """Whether everything of the storefront is under a hold."""
    holds = await tx.raw.fetch(_STANDING, storefront_id)
    return any(hold["reach"] == "storefront" and hold["mode"] == mode for hold in holds)


async def people_held(tx: Tx, storefront_id: UUID) -> list[str]:
    """The digests of whoever is under a hold; of both modes, for some of what is kept is of neither."""
    holds = await tx.raw.fetch(_STANDING, storefront_id)
    return sorted({digest for hold in holds for digest in hold["digests"]})


async def is_person_held(tx: Tx, storefront_id: UUID, mode: str, digests: Collection[str]) -> bool:
    """Whether somebody is under a hold, with orders or without."""
    holds = await tx.raw.fetch(_STANDING, storefront_id)
    ours = [hold for hold in holds if hold["mode"] == mode]
    return any(hold["reach"] == "storefront" or not set(digests).isdisjoint(hold["digests"]) for hold in ours)


async def spare_held(tx: Tx, storefront_id: UUID, order_ids: Collection[UUID]) -> set[UUID]:
    """Of these orders those that are held; with the lock taken. For whoever prunes records."""
    await keep_holds_out(tx, storefront_id)
    holds = await tx.raw.fetch(_STANDING, storefront_id)
    if any(hold["reach"] == "storefront" for hold in holds):
        # The trail is one for both modes.
        return set(order_ids)
    return (_named(holds) & set(order_ids)) | await held_among(
        tx, storefront_id, await customers_of(tx, storefront_id, order_ids)
    )


def digests_of(storefront_id: UUID, email: str | None, phone: str | None) -> list[str]:
    """By what somebody is known without being named; whoever knows the address can tell, nobody else."""
    addresses = [email.lower() if email else None, phone]
    return [hashed(storefront_id, address) for address in addresses if address]
