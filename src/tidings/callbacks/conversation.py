"""What customers' words are about: the last thing that was said to their address."""

from collections.abc import Sequence
from typing import Final

from tidings.callbacks.incoming import EventKey, Incoming
from tidings.delivery.find import Addressed, latest_attempts_to
from tidings.delivery.receive import AttemptRef
from tidings.kit.db import Tx
from tidings.kit.scope import Scope
from tidings.orders.queries import Contact, latest_orders_of

# Nobody answers a message about an order this far back.
_ORDERS: Final = 20


async def last_words_to(tx: Tx, these: Sequence[Incoming]) -> dict[EventKey, AttemptRef]:
    """For each event, the newest attempt on its channel to its address; left out when there is none (any more)."""
    spoken = [one for one in these if one.event.address is not None]
    if not spoken:
        return {}
    orders = await latest_orders_of(tx, [_contact(one) for one in spoken], most=_ORDERS)
    addressed = [
        Addressed(one.origin.storefront_id, one.origin.channel, one.event.address or "", orders.get(place, ()))
        for place, one in enumerate(spoken)
    ]
    return {spoken[place].key: attempt for place, attempt in (await latest_attempts_to(tx, addressed)).items()}


def _contact(one: Incoming) -> Contact:
    scope, address = Scope(one.origin.storefront_id, one.origin.mode), one.event.address
    return Contact(scope, email=address, phone=None) if one.origin.channel == "email" else Contact(scope, None, address)
