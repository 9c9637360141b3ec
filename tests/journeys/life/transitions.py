"""Whether orders, parcels, requests and refunds moved only along the arrows of their charts, told by their facts."""

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

# Each change of a status from one fact to the next.
_MOVES: Final = """
SELECT * FROM (
    SELECT e.kind, e.order_seq, m.name, m.what ->> 'id' AS id, m.what ->> 'status' AS there,
           lag(m.what ->> 'status') OVER (PARTITION BY m.name, m.what ->> 'id' ORDER BY e.order_seq) AS here
    FROM events e CROSS JOIN LATERAL json_each(e.snapshot) AS m (name, what)
    WHERE e.storefront_id = $1 AND m.name = ANY ($2) AND json_typeof(m.what) = 'object'
) moves
WHERE here <> there
"""


async def illegal_moves(connection: asyncpg.Connection, shop: UUID) -> list[str]:
    """Every step from one fact to the next that no arrow allows."""
    return [
        f"{row['name']} {row['id']}: {row['here']} → {row['there']} with {row['kind']} (fact {row['order_seq']})"
        for row in await connection.fetch(_MOVES, shop, list(CHARTS))
        if row["there"] not in CHARTS[row["name"]][row["here"]]
    ]
