"""Feedback: what customers have said, and what staff says of templates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from tidings.feedback.comment import CommentOnTemplate, comment_on_template
from tidings.feedback.kinds import BEST, WORST
from tidings.feedback.queries import CommentFilter, FeedbackFilter, comments_page, feedback_page
from tidings.feedback.schemas import (
    CommentToMake,
    Feedback,
    TemplateComment,
    Version,
    comment_of,
    feedback_of,
)
from tidings.kit.fields import Instant
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput
from tidings.storefronts.access import Access, BeginDep, ListOf, NowDep, OnceDep, OperationsCaller, PageDep
from tidings.storefronts.caller import Caller
from tidings.storefronts.kinds import Channel, Milestone
from tidings.storefronts.schemas import LocaleTag

router = APIRouter(prefix="/v1/feedback", tags=["feedback"])

# Whoever writes templates, and whoever hears what customers make of them.
wording_access = Access("operations", "templates")
WordingCaller = Annotated[Caller, Depends(wording_access)]


async def asked_feedback(
    rating: Annotated[int | None, Query(ge=WORST, le=BEST, description="Only these")] = None,
    order_id: Annotated[str | None, Query(description="Only this order's")] = None,
    given_after: Annotated[Instant | None, Query(description="Only from this instant on")] = None,
    given_before: Annotated[Instant | None, Query(description="Only before this instant")] = None,
) -> FeedbackFilter:
    """The filter in the query string.

    Raises:
        InvalidInput: `order_id` cannot be an order's id.
    """
    order = None if order_id is None else parse("ord", order_id)
    if order_id is not None and order is None:
        raise InvalidInput(faults=[Fault("/query/order_id", "is not an order's id")])
    return FeedbackFilter(rating, order, given_after, given_before)


async def asked_comments(
    milestone: Annotated[Milestone | None, Query(description="Only on this milestone's wording")] = None,
    channel: Annotated[Channel | None, Query(description="Only on this channel's")] = None,
    locale: Annotated[LocaleTag | None, Query(description="Only on this language's")] = None,
    version: Annotated[Version | None, Query(description="Only on this version")] = None,
) -> CommentFilter:
    """The filter in the query string."""
    return CommentFilter(milestone, channel, locale, version)


@router.get("", summary="What customers have said")
async def list_feedback(
    caller: OperationsCaller, begin: BeginDep, page: PageDep, asked: Annotated[FeedbackFilter, Depends(asked_feedback)]
) -> ListOf[Feedback]:
    """Ratings and comments, the newest first. A customer gives them once for an order, by the link in a message."""
    async with begin.reading(caller.scope) as tx:
        found = await feedback_page(tx, asked, page.window)
    return page.answer(found, [feedback_of(row) for row in found.items])


@router.get("/comments", summary="What staff says of templates")
async def list_comments(
    caller: WordingCaller, begin: BeginDep, page: PageDep, asked: Annotated[CommentFilter, Depends(asked_comments)]
) -> ListOf[TemplateComment]:
    """Comments on wording, the newest first; the same in both modes."""
    async with begin.reading(caller.scope) as tx:
        found = await comments_page(tx, asked, page.window)
    return page.answer(found, [comment_of(row) for row in found.items])


@router.post("/comments", status_code=201, response_model=TemplateComment, summary="Comment on a template")
async def comment(said: CommentToMake, caller: WordingCaller, once: OnceDep, now: NowDep) -> Response:
    """Say what is to be improved of a template; it is read at its next review."""
    command = CommentOnTemplate(actor=caller.actor, **said.model_dump())
    async with once(caller) as tx:
        return once.answer(201, comment_of(await comment_on_template(tx, command, now=now)))
