"""What storefronts are told: the event log."""

from typing import Annotated

from fastapi import APIRouter, Query

from tidings.storefronts.access import BeginDep, ListOf, PageDep, ReadingCaller
from tidings.webhooks.queries import events_after
from tidings.webhooks.schemas import Event
from tidings.webhooks.views import event_of

router = APIRouter(prefix="/v1/events", tags=["events"])


@router.get("", summary="Everything that the storefront is told")
async def list_events(
    caller: ReadingCaller,
    begin: BeginDep,
    page: PageDep,
    after: Annotated[
        str | None,
        Query(
            max_length=500,
            description="Only what came after this: an event's `id` or `sequence`, or a `next_cursor`",
        ),
    ] = None,
) -> ListOf[Event]:
    """Events in the order in which they can be read without missing one; a missed webhook is never a lost fact.

    Remember the last event's `id` and come back with it as `after`. An event whose transaction is still open, and
    all that come behind it, appear once it has ended.
    """
    async with begin.reading(caller.scope) as tx:
        found = await events_after(tx, after, page.window)
    return page.answer(found, [event_of(told) for told in found.items])
