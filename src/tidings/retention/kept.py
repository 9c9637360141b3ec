"""What must be kept although it was to be erased: what a hold keeps, and what the law does."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.kit.kinds import Kind
from tidings.retention.map import Map
from tidings.storefronts.shopbook import shop_rules
from tidings.storefronts.terms import Term, country_of, kept_until, terms_of

Terms = dict[Kind, Term]


async def terms_in_force(tx: Tx, storefront_id: UUID) -> Terms:
    """How long this shop keeps each kind.

    Raises:
        NotFound: there is no such storefront.
    """
    shop = await shop_rules(tx, storefront_id)
    return dict(terms_of(shop.policy.retention, country_of(shop.legal, shop.locale)))


async def by_the_shops_clock(tx: Tx, storefront_id: UUID, at: datetime) -> datetime:
    """An instant in the shop's zone: an invoice is of the year that it was there when it was made.

    Raises:
        NotFound: there is no such storefront.
    """
    return at.astimezone(ZoneInfo((await shop_rules(tx, storefront_id)).time_zone))


def kept_by_hold(order_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """What is told of orders that are held."""
    return [
        {
            "order_id": wire("ord", order_id),
            "what": "order",
            "count": 1,
            "why": "hold",
            "detail": "a legal hold is on it",
            "until": None,
        }
        for order_id in sorted(order_ids)
    ]


def kept_beside(count: int) -> list[dict[str, Any]]:
    """What is told of so many rows that belong to no order, of somebody who is held."""
    told = {
        "order_id": None,
        "what": "beside_orders",
        "count": count,
        "why": "hold",
        "detail": "a legal hold is on this person, or on everything",
        "until": None,
    }
    return [told] if count else []


async def kept_by_law(tx: Tx, order_ids: Sequence[UUID], known: Map) -> list[dict[str, Any]]:
    """What is told of what the law has kept of these orders, and until when."""
    lawful = [keeping for keeping in known if keeping.by_law and keeping.age]
    if not lawful:
        return []
    term = (await terms_in_force(tx, tx.scope.storefront_id))["documents"]
    found = []
    for keeping in lawful:
        rows = await tx.raw.fetch(
            f"SELECT {keeping.order} AS order_id, count(*) AS count, max({keeping.age}) AS newest"  # noqa: S608 - names of our own
            f" FROM {keeping.table.name} WHERE storefront_id = $1 AND {keeping.order} = ANY($2) AND ({keeping.by_law})"
            f" GROUP BY 1 ORDER BY 1",
            tx.scope.storefront_id,
            order_ids,
        )
        found += [
            _told(keeping.table.name, row, term, await by_the_shops_clock(tx, tx.scope.storefront_id, row["newest"]))
            for row in rows
        ]
    return found


def _told(what: str, row: Any, term: Term, newest: datetime) -> dict[str, Any]:
    return {
        "order_id": wire("ord", row["order_id"]),
        "what": what,
        "count": row["count"],
        "why": "law",
        "detail": term.why,
        "until": kept_until("documents", term.months, newest).date().isoformat(),
    }
