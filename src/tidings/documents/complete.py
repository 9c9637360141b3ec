"""Completes an order: closed, with its documents issued, and its completion message waiting for them (SOP 4.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic_core import to_json

from tidings.delivery.let_wait import let_wait
from tidings.documents.correct import issue_anew
from tidings.documents.issue import Issued, Wanted, issue, supplied
from tidings.documents.outdated import is_outdated
from tidings.documents.queries import Held, documents_of, standing
from tidings.documents.snapshot import input_of, is_warranted
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
    there: dict[str, Held] = {kind: found for kind in kinds if (found := standing(before, kind)) is not None}
    new = await _issue_due(tx, order, kinds, there, by)
    documents = there | {held.kind: held for held in new.documents}
    closed = fact_of(order, "order.closed", by, _told([documents[kind] for kind in kinds]))
    await follow(tx, [*new.facts, closed])
    if new.documents:
        await let_wait(tx, order.row.id, "order_completed", most=policy.paperwork.waits)
    return order


async def _issue_due(
    tx: Tx, order: HeldOrder, kinds: Sequence[IssuedKind], there: Mapping[str, Held], by: By
) -> Issued:
    """What is not there yet; and anew what was issued by hand before the order was changed."""
    occasion, shop = await supplied(tx, order), await shop_rules(tx, order.row.storefront_id)
    now = input_of(order, shop, occasion) if there else {}
    outdated = [held for held in there.values() if is_outdated(held.kind, held.row.input, now)]
    missing = [Wanted(kind, "completion", occasion) for kind in kinds if kind not in there]
    issued = [await issue(tx, order, missing, by)]
    for held in outdated:
        # Whom it was corrected to is whom the next one is for.
        same = replace(occasion, made_out_to=held.row.input.get("made_out_to") or {})
        issued.append(await issue_anew(tx, order, held, same, by))
    return Issued([held for each in issued for held in each.documents], [one for each in issued for one in each.facts])


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
