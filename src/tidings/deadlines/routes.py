"""Promises to customers, kept and not kept."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tidings.deadlines.queries import DeadlineFilter, deadline_of, deadlines_page
from tidings.deadlines.schemas import Deadline, DeadlineStatus
from tidings.kit.fields import Instant
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OperationsCaller, PageDep

router = APIRouter(prefix="/v1/deadlines", tags=["deadlines"])


async def asked_deadlines(
    kind: Annotated[str | None, Query(max_length=60, description="Only those of this milestone")] = None,
    status: Annotated[DeadlineStatus | None, Query(description="Only those that stand so now")] = None,
    order_id: Annotated[str | None, Query(description="Only those of this order")] = None,
    due_after: Annotated[Instant | None, Query(description="Only those due at or after this instant")] = None,
    due_before: Annotated[Instant | None, Query(description="Only those due before this instant")] = None,
    escalated: Annotated[bool | None, Query(description="Only those that went on to somebody else, or did not")] = None,
) -> DeadlineFilter:
    """The filter in the query string.

    Raises:
        InvalidInput: `order_id` cannot be an order's id.
    """
    order = None if order_id is None else parse("ord", order_id)
    if order_id is not None and order is None:
        raise InvalidInput(faults=[Fault("/query/order_id", "is not an order's id")])
    return DeadlineFilter(
        kind=kind,
        status=status,
        order_id=order,
        due_after=due_after,
        due_before=due_before,
        is_escalated=escalated,
    )


@router.get("", summary="Promises with a due time")
async def list_deadlines(
    caller: OperationsCaller,
    begin: BeginDep,
    page: PageDep,
    now: NowDep,
    asked: Annotated[DeadlineFilter, Depends(asked_deadlines)],
) -> ListOf[Deadline]:
    """Deadlines, the first one due first. A clock stops when a provider has the message, not when a row was written."""
    async with begin.reading(caller.scope) as tx:
        found = await deadlines_page(tx, asked, page.window, now=now)
    return page.answer(found, [deadline_of(row, now) for row in found.items])
