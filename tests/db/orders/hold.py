"""Orders in the database, in a status that is simply written there."""

from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin


async def placed(begin: Begin, shop: Shop, clock: FixedClock, body: Any = None, **columns: Any) -> UUID:
    """The id of an order that has been placed, with some columns set by hand."""
    order_id = (await place(begin, shop, clock.now(), body)).order_id
    if columns:
        settings = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, start=2))
        async with begin.across() as tx:
            await tx.raw.execute(f"UPDATE orders SET {settings} WHERE id = $1", order_id, *columns.values())
    return order_id
