"""Gives order numbers to orders that come without one: per storefront and mode, rising, with gaps."""

import asyncpg

from tidings.kit.scope import Scope
from tidings.storefronts.rules import ShopRules

# The first number is not 1, so that nobody reads how young the shop is.
_FIRST = 10_001

# Its own transaction: the counter's row is locked for a moment, not for the length of an order's.
_TAKE = """
INSERT INTO order_numbers AS n (storefront_id, mode, last) VALUES ($1, $2, $3::int4 + $4::int4 - 1)
ON CONFLICT (storefront_id, mode) DO UPDATE SET last = n.last + $4::int4
RETURNING last
"""


async def take_numbers(connection: asyncpg.Connection, scope: Scope, count: int) -> range:
    """The next `count` figures; those of orders that are not stored after all are left out for ever."""
    last = await connection.fetchval(_TAKE, scope.storefront_id, scope.mode, _FIRST, count)
    return range(last - count + 1, last + 1)


def number_of(figure: int, shop: ShopRules) -> str:
    """The order number that a shop makes of a figure."""
    return f"{shop.policy.order_number_prefix}{figure}"
