"""Whether orders, parcels, requests and refunds moved only along the arrows of their charts, told by their facts."""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg

from tidings.changes.states import NEXT_OF_CHANGE, NEXT_OF_REFUND
from tidings.orders.states import NEXT as NEXT_OF_ORDER
from tidings.shipments.states import NEXT as NEXT_OF_SHIPMENT

# Member of a fact's snapshot → where it may go from where.
CHARTS: Final[Mapping[str, Mapping[Any, Any]]] = {
    "order": NEXT_OF_ORDER,
    "shipment": NEXT_OF_SHIPMENT,
    "change": NEXT_OF_CHANGE,
    "refund": NEXT_OF_REFUND,
}


_FACTS: Final = (
    "SELECT kind, order_seq, snapshot::text FROM events WHERE storefront_id = $1 ORDER BY order_id, order_seq"
)


async def illegal_moves(connection: asyncpg.Connection, shop: UUID) -> list[str]:
    """Every step from one fact to the next that no arrow allows."""
    rows = await connection.fetch(_FACTS, shop)
    stood: dict[str, str] = {}
    found = []
    for row in rows:
        snapshot = json.loads(row["snapshot"])
        for name in CHARTS.keys() & snapshot.keys():
            thing = snapshot[name]
            if not isinstance(thing, dict) or not {"id", "status"} <= thing.keys():
                continue
            here, there = stood.get(thing["id"], thing["status"]), thing["status"]
            if here != there and there not in CHARTS[name][here]:
                found.append(f"{name} {thing['id']}: {here} → {there} with {row['kind']} (fact {row['order_seq']})")
            stood[thing["id"]] = there
    return found
