"""Communications made elsewhere: log them, read them."""

from fastapi import APIRouter, Response

from tidings.kit.ids import parse
from tidings.orders.communicate import Said, log_communication
from tidings.orders.communication_schemas import Communication, CommunicationToLog, communication_of
from tidings.orders.communications import communications_page
from tidings.orders.load import By
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OnceDep, OperationsCaller, PageDep, ReadingCaller

router = APIRouter(prefix="/v1/orders", tags=["messages"])


@router.post(
    "/{order_id}/communications",
    status_code=201,
    response_model=Communication,
    summary="Log a communication made elsewhere",
)
async def log_made_elsewhere(
    order_id: str, told: CommunicationToLog, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """Log what was said to or by the customer by telephone, letter, chat …; it shows in the timeline.

    With `fulfils` it keeps the promise of that milestone: the clock stops, dead messages that should have told it are
    closed, and so are the tasks to tell it.
    """
    said = Said(
        channel=told.channel,
        direction=told.direction,
        summary=told.summary,
        at=told.at or now,
        fulfils=told.fulfils,
        subject=told.subject_id,
        contents=told.contents,
        withdraws=told.withdraw_message,
    )
    async with once(caller) as tx:
        row = await log_communication(tx, parse("ord", order_id), said, By(caller.actor, now))
        return once.answer(201, communication_of(row))


@router.get("/{order_id}/communications", summary="Communications made elsewhere")
async def list_communications(
    order_id: str, caller: ReadingCaller, begin: BeginDep, page: PageDep
) -> ListOf[Communication]:
    """What was said to or by the customer elsewhere, in the order in which it was logged."""
    async with begin.reading(caller.scope) as tx:
        found = await communications_page(tx, parse("ord", order_id), page.window)
    return page.answer(found, [communication_of(row) for row in found.items])
