"""Issues: opened by staff, found, handed on, resolved. Checks that fail and carriers open theirs by themselves."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from tidings.issues.change import ChangeIssue, change_issue
from tidings.issues.errors import IssueResolved
from tidings.issues.kinds import IssueKind, IssueStatus
from tidings.issues.open import OpenIssue, open_issue_by_hand
from tidings.issues.queries import IssueFilter, issue_by_id, issues_page
from tidings.issues.resolve import ResolveIssue, resolve_issue
from tidings.issues.schemas import Issue, IssueChange, IssueResolution, IssueToOpen, issue_of
from tidings.kit.declared import problems
from tidings.kit.fields import Instant
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput
from tidings.orders.errors import IllegalMove
from tidings.orders.load import By
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OnceDep, OperationsCaller, PageDep, ReadingCaller

router = APIRouter(prefix="/v1", tags=["issues"])


async def asked_issues(
    status: Annotated[IssueStatus | None, Query(description="Only those that stand so")] = None,
    kind: Annotated[IssueKind | None, Query(description="Only those of this kind")] = None,
    order_id: Annotated[str | None, Query(description="Only those of this order")] = None,
    owner: Annotated[str | None, Query(max_length=100, description="Only those of this person")] = None,
    due_before: Annotated[Instant | None, Query(description="Only those due before this instant")] = None,
) -> IssueFilter:
    """The filter in the query string.

    Raises:
        InvalidInput: `order_id` cannot be an order's id.
    """
    order = None if order_id is None else parse("ord", order_id)
    if order_id is not None and order is None:
        raise InvalidInput(faults=[Fault("/query/order_id", "is not an order's id")])
    return IssueFilter(status=status, kind=kind, order_id=order, owner=owner, due_before=due_before)


@router.post(
    "/orders/{order_id}/issues",
    status_code=201,
    response_model=Issue,
    responses=problems(IllegalMove),
    summary="Open an issue",
)
async def open_by_hand(
    order_id: str, issue: IssueToOpen, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """Something is wrong: the order is on hold, the customer is told with next steps, and somebody must settle it."""
    wanted = OpenIssue(
        kind=issue.kind,
        details=issue.details,
        next_steps=issue.next_steps,
        owner=issue.owner,
        due_at=issue.due_at,
        is_told=issue.notify,
    )
    async with once(caller) as tx:
        opened = issue_of(await open_issue_by_hand(tx, parse("ord", order_id), wanted, By(caller.actor, now)))
        return once.answer(201, opened, headers={"Location": f"/v1/issues/{opened.id}"})


@router.get("/issues", summary="Issues")
async def list_issues(
    caller: ReadingCaller, begin: BeginDep, page: PageDep, asked: Annotated[IssueFilter, Depends(asked_issues)]
) -> ListOf[Issue]:
    """Exceptions, oldest first: failed checks, parcels that are held up, whatever staff has opened."""
    async with begin.reading(caller.scope) as tx:
        found = await issues_page(tx, asked, page.window)
    return page.answer(found, [issue_of(row) for row in found.items])


@router.get("/issues/{issue_id}", summary="One issue")
async def read_issue(issue_id: str, caller: ReadingCaller, begin: BeginDep) -> Issue:
    """An exception, who settles it, and how it was settled."""
    async with begin.reading(caller.scope) as tx:
        return issue_of(await issue_by_id(tx, parse("iss", issue_id)))


@router.patch("/issues/{issue_id}", responses=problems(IssueResolved), summary="Hand an issue on")
async def change(issue_id: str, changes: IssueChange, caller: OperationsCaller, begin: BeginDep, now: NowDep) -> Issue:
    """Let somebody else settle it, or by another time; or say it in other words. The customer is told nothing."""
    command = ChangeIssue(parse("iss", issue_id), changes.model_dump(exclude_unset=True))
    async with begin(caller.scope) as tx:
        return issue_of(await change_issue(tx, command, By(caller.actor, now)))


@router.post(
    "/issues/{issue_id}/resolution",
    status_code=200,
    response_model=Issue,
    responses=problems(IssueResolved),
    summary="Resolve an issue",
)
async def resolve(
    issue_id: str, resolution: IssueResolution, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """It is settled: the customer is told how, and with its last open issue the order's hold is lifted."""
    command = ResolveIssue(parse("iss", issue_id), resolution.resolution, is_told=resolution.notify)
    async with once(caller) as tx:
        return once.answer(200, issue_of(await resolve_issue(tx, command, By(caller.actor, now))))
