"""Issues a document because somebody asks for it, before or without completion."""

from dataclasses import dataclass
from uuid import UUID

from tidings.documents.complete import is_called_for
from tidings.documents.errors import DocumentIssued, NothingToIssue
from tidings.documents.issue import Wanted, issue, supplied
from tidings.documents.queries import Held, documents_of, standing
from tidings.kit.db import Tx
from tidings.kit.ids import wire
from tidings.milestones.follow import follow
from tidings.orders.load import By, order_for_update
from tidings.storefronts.paperwork import IssuedKind
from tidings.storefronts.shopbook import shop_rules


@dataclass(frozen=True, slots=True)
class IssueByHand:
    """Issue this document of this order."""

    order_id: UUID | None
    kind: IssuedKind


async def issue_by_hand(tx: Tx, command: IssueByHand, by: By) -> Held:
    """Issue it, if the order gives cause, and no document of the kind stands.

    Raises:
        NotFound: there is no such order.
        NothingToIssue: the order gives no cause for it.
        DocumentIssued: there is one, and it stands.
    """
    order = await order_for_update(tx, command.order_id)
    policy = (await shop_rules(tx, order.row.storefront_id)).policy
    if order.row.status in {"incomplete", "cancelled"} or not is_called_for(order, policy, command.kind):
        raise NothingToIssue(order_status=order.row.status)
    documents = await documents_of(tx, order.row.id)
    found = standing(documents, command.kind)
    if found is not None:
        raise DocumentIssued(document=wire("doc", found.row.id))
    # A credited one may have been there before.
    cause = f"by_hand:{sum(each.row.kind == command.kind for each in documents) + 1}"
    issued = await issue(tx, order, [Wanted(command.kind, cause, await supplied(tx, order))], by)
    await follow(tx, issued.facts)
    return issued.documents[0]
