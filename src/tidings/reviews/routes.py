"""Reviews of the procedure: found, asked for, concluded. Changes and the calendar open theirs by themselves."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tidings.kit.declared import problems
from tidings.kit.ids import parse
from tidings.orders.load import By
from tidings.reviews.ask import AskForReview, ask_for_review
from tidings.reviews.conclude import ConcludeReview, ToDo, conclude_review
from tidings.reviews.errors import ReviewConcluded
from tidings.reviews.gather import gathered
from tidings.reviews.load import causes_of
from tidings.reviews.queries import review_by_id, reviews_page
from tidings.reviews.schemas import (
    OutcomeToRecord,
    Review,
    ReviewInput,
    ReviewSummary,
    ReviewToOpen,
    review_of,
    summary_of,
)
from tidings.reviews.states import ReviewStatus
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OnceDep, OperationsCaller, PageDep
from tidings.storefronts.queries import storefront

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])


@router.get("", summary="Reviews of the procedure")
async def list_reviews(
    caller: OperationsCaller,
    begin: BeginDep,
    page: PageDep,
    status: Annotated[ReviewStatus | None, Query(description="Only those that stand so")] = None,
) -> ListOf[ReviewSummary]:
    """Reviews, the newest first: why each was opened, by when it is due, and its outcome. The same in both modes."""
    async with begin.reading(caller.scope) as tx:
        found = await reviews_page(tx, status, page.window)
    return page.answer(found, [summary_of(each.row, each.causes) for each in found.items])


@router.post(
    "",
    status_code=201,
    response_model=Review,
    responses={200: {"model": Review, "description": "One is open already: it has one more cause"}},
    summary="Ask for a review",
)
async def ask_for(review: ReviewToOpen, caller: OperationsCaller, once: OnceDep, now: NowDep) -> Response:
    """Open a review, or give the open one this cause; with figures of the time since the last one, in this mode."""
    async with once(caller) as tx:
        row, is_opened = await ask_for_review(tx, AskForReview(review.reason), By(caller.actor, now))
        told = review_of(row, (await causes_of(tx, row.id))[row.id])
        return once.answer(201 if is_opened else 200, told, headers={"Location": f"/v1/reviews/{told.id}"})


@router.get("/{review_id}", summary="One review")
async def read_review(review_id: str, caller: OperationsCaller, begin: BeginDep) -> Review:
    """A review with the figures that it goes by, as they were when it was opened."""
    async with begin.reading(caller.scope) as tx:
        found = await review_by_id(tx, parse("rev", review_id))
    return review_of(found.row, found.causes)


@router.get("/{review_id}/input", summary="A review's figures as they are now")
async def read_input(review_id: str, caller: OperationsCaller, begin: BeginDep, now: NowDep) -> ReviewInput:
    """The same figures of the time from where the review's begin until its outcome, or now; in this mode."""
    async with begin.reading(caller.scope) as tx:
        found = await review_by_id(tx, parse("rev", review_id))
        since = ReviewInput.model_validate(found.row.input).from_at
        zone = (await storefront(tx)).time_zone
        return await gathered(tx, since, found.row.concluded_at or now, zone)


@router.post(
    "/{review_id}/outcome",
    status_code=200,
    response_model=Review,
    responses=problems(ReviewConcluded),
    summary="Record a review's outcome",
)
async def conclude(
    review_id: str, outcome: OutcomeToRecord, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """What was decided, and what is to be done: each follow-up becomes a task of its owner."""
    to_do = [ToDo(each.what, each.owner, each.due_at) for each in outcome.follow_ups]
    command = ConcludeReview(parse("rev", review_id), outcome.decision, to_do)
    async with once(caller) as tx:
        row = await conclude_review(tx, command, By(caller.actor, now))
        return once.answer(200, review_of(row, (await causes_of(tx, row.id))[row.id]))
