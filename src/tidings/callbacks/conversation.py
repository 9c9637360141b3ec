"""What a customer's words are about: the last thing that was said to that address."""

from typing import Final

from tidings.callbacks.incoming import Origin
from tidings.delivery.find import latest_attempt_to
from tidings.delivery.receive import AttemptRef
from tidings.kit.db import Tx
from tidings.kit.page import Window
from tidings.orders.queries import CustomerSearch, orders_page

# Nobody answers a message about an order this far back.
_ORDERS: Final = 20


async def last_word_to(tx: Tx, origin: Origin, address: str | None) -> AttemptRef | None:
    """The newest attempt on this channel to this address; None when there is none (any more)."""
    if address is None:
        return None
    search = CustomerSearch(email=address) if origin.channel == "email" else CustomerSearch(phone=address)
    orders = await orders_page(tx, search, Window(limit=_ORDERS))
    ids = [order.row.id for order in orders.items]
    return await latest_attempt_to(tx, origin.storefront_id, ids, channel=origin.channel, address=address)
