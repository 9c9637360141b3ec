"""Completes an order: closed, with its documents issued, and its completion message waiting for them (SOP 4.6)."""

from collections.abc import Sequence
from datetime import datetime

from pydantic_core import to_json

from tidings.delivery.let_wait import let_wait
from tidings.documents.issue import Wanted, issue, supplied
from tidings.documents.queries import Held, documents_of, standing
from tidings.documents.snapshot import is_warranted
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.milestones.follow import follow
from tidings.orders.close import CloseOrder
from tidings.orders.load import About, By, HeldOrder, fact_of, order_for_update
from tidings.orders.move import move
from tidings.orders.payment import is_paid
from tidings.storefronts.paperwork import IssuedKind
from tidings.storefronts.policy import Policy
from tidings.storefronts.shopbook import shop_rules


async def complete_order(tx: Tx, command: CloseOrder, *, now: datetime) -> HeldOrder:
    """Complete a delivered order.

    Raises:
        NotFound: there is no such order.
        IllegalMove: it is not delivered, or has ended already.
        OrderOnHold: an issue is open.
    """
    order = await order_for_update(tx, command.order_id)
    move(order, "completed", now)
    by = By(command.actor, now)
    policy = (await shop_rules(tx, order.row.storefront_id)).policy
    kinds = [kind for kind in policy.paperwork.at_completion if is_called_for(order, policy, kind)]
    before = await documents_of(tx, order.row.id)
    there = {kind: found for kind in kinds if (found := standing(before, kind)) is not None}
    occasion = await supplied(tx, order)
    new = await issue(tx, order, [Wanted(kind, "completion", occasion) for kind in kinds if kind not in there], by)
    places: dict[str, int] = {kind: place for place, kind in enumerate(kinds)}
    documents = sorted([*there.values(), *new.documents], key=lambda held: places[held.kind])
    await follow(tx, [*new.facts, fact_of(order, "order.closed", by, _told(documents))])
    if new.documents:
        await let_wait(tx, order.row.id, "order_completed", most=policy.paperwork.waits)
    return order


def is_called_for(order: HeldOrder, policy: Policy, kind: IssuedKind) -> bool:
    """Whether the order gives cause for this document."""
    match kind:
        case "invoice":
            return True
        case "receipt":
            return is_paid(order.row, policy)
        case "warranty":
            return is_warranted(order)


def _told(documents: Sequence[Held]) -> About:
    """What the completion message is told of its documents; nothing if there are none."""
    if not documents:
        return About()
    told = [{"id": wire("doc", held.row.id), "kind": held.row.kind, "number": held.row.name} for held in documents]
    return About(snapshot={"documents": to_json(told).decode()})
