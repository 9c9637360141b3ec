"""Gives or takes back the promise of a confirmation, when it is said otherwise whether the customer is to be told.

Only while the order is incomplete; a complete one stays as it was received.
"""

from typing import Final

from tidings.deadlines.cancel import CancelClocks, cancel_clocks
from tidings.deadlines.start import Clock, restart_clock
from tidings.delivery.owe import dedupe_key
from tidings.delivery.supersede import Supersession, supersede
from tidings.kit.db import Tx
from tidings.milestones.follow import promised_by
from tidings.orders.load import By, HeldOrder
from tidings.storefronts.kinds import Milestone
from tidings.storefronts.shopbook import shop_rules

_CONFIRMATION: Final[Milestone] = "order_confirmation"
_INCOMPLETE: Final[Milestone] = "order_incomplete"


async def promise_anew(tx: Tx, order: HeldOrder, by: By) -> None:
    """Let the clock of the confirmation follow `notify`; part of who holds the order and has changed it."""
    if order.row.notify:
        await _give(tx, order, by)
    else:
        await _take_back(tx, order, by)


async def _give(tx: Tx, order: HeldOrder, by: By) -> None:
    """From now on: nothing had been owed before."""
    rules = await shop_rules(tx, order.row.storefront_id)
    clock = Clock(
        storefront_id=order.row.storefront_id,
        mode=tx.scope.mode,
        order_id=order.row.id,
        kind=_CONFIRMATION,
        dedupe_key=dedupe_key(_CONFIRMATION, order.wire_id, 1),
        started_at=by.at,
        due_at=promised_by(_CONFIRMATION, rules, by.at),
    )
    await restart_clock(tx, clock)


async def _take_back(tx: Tx, order: HeldOrder, by: By) -> None:
    why = "nobody is to be told of the order"
    await cancel_clocks(tx, CancelClocks(order.row.id, order.wire_id, why, by.actor, (_CONFIRMATION,)), now=by.at)
    older = Supersession(
        storefront_id=order.row.storefront_id,
        order_id=order.row.id,
        subject=order.wire_id,
        milestones=(_INCOMPLETE,),
        reason=why,
        before_seq=order.row.last_seq + 1,
    )
    await supersede(tx, older, now=by.at)
