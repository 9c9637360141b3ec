"""Requests to change or cancel an order: received, looked at, decided, withdrawn."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from tidings.changes.approve import Word
from tidings.changes.decide import DecideChange, decide_change
from tidings.changes.errors import (
    ApprovedAlready,
    ChangeDecided,
    ChangeOvertaken,
    RefundTooHigh,
    RequesterApproves,
)  # fmt: skip
from tidings.changes.kinds import ChangeKind
from tidings.changes.queries import ChangeFilter, change_by_id, changes_page, changes_told
from tidings.changes.request import RequestChange, request_change
from tidings.changes.rules import Hand
from tidings.changes.schemas import ChangeRequest
from tidings.changes.states import ChangeStatus
from tidings.changes.told import held_told
from tidings.changes.wanted import ChangeDecision, ChangeToRequest, ChangeWithdrawal
from tidings.changes.withdraw import WithdrawChange, withdraw_change
from tidings.kit.declared import problems
from tidings.kit.fields import Instant
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput
from tidings.orders.accuracy import has_catalogue
from tidings.orders.articles import known_articles
from tidings.orders.errors import IllegalMove
from tidings.orders.routes import DeskDep
from tidings.storefronts.access import (
    BeginDep,
    EitherCaller,
    ListOf,
    NowDep,
    OnceDep,
    OperationsCaller,
    PageDep,
    ReadingCaller,
)
from tidings.storefronts.caller import Caller

router = APIRouter(prefix="/v1", tags=["changes"])


async def asked_changes(
    status: Annotated[ChangeStatus | None, Query(description="Only those that stand so")] = None,
    kind: Annotated[ChangeKind | None, Query(description="Only those of this kind")] = None,
    order_id: Annotated[str | None, Query(description="Only those about this order")] = None,
    requested_after: Annotated[Instant | None, Query(description="Only those received after this instant")] = None,
    requested_before: Annotated[Instant | None, Query(description="Only those received before this instant")] = None,
) -> ChangeFilter:
    """The filter in the query string.

    Raises:
        InvalidInput: `order_id` cannot be an order's id.
    """
    order = None if order_id is None else parse("ord", order_id)
    if order_id is not None and order is None:
        raise InvalidInput(faults=[Fault("/query/order_id", "is not an order's id")])
    return ChangeFilter(status, kind, order, requested_after, requested_before)


@router.post(
    "/orders/{order_id}/change-requests",
    status_code=201,
    response_model=ChangeRequest,
    responses=problems(IllegalMove),
    summary="Ask for a change or cancellation",
)
async def request(order_id: str, wish: ChangeToRequest, caller: EitherCaller, once: OnceDep, desk: DeskDep) -> Response:
    """A customer's wish, or one of staff. The customer is told that it came in, and the outcome within 24 hours.

    What the shop's policy decides by itself is decided, and carried out, in this very call: see `status`. What it does
    not allow (any more) is declined with its rule; everything else waits for approvers.
    """
    changes = {} if wish.changes is None else wish.changes.model_dump(mode="json", exclude_unset=True)
    articles = None
    if "lines" in changes and has_catalogue(await desk.shops.of(caller.scope.storefront_id)):
        articles = await known_articles(desk.catalogue, caller.scope, [changes])
    command = RequestChange(
        order_id=parse("ord", order_id),
        kind=wish.kind,
        reason=wish.reason,
        requested_by=wish.requested_by,
        via=wish.via,
        hand=_hand(caller),
        changes=changes,
        articles=articles,
    )
    async with once(caller) as tx:
        told = held_told(await request_change(tx, command, now=desk.now))
        return once.answer(201, told, headers={"Location": f"/v1/change-requests/{told.id}"})


def _hand(caller: Caller) -> Hand:
    return Hand(caller.actor, caller.principal)


@router.get("/change-requests", summary="Requests")
async def list_requests(
    caller: ReadingCaller, begin: BeginDep, page: PageDep, asked: Annotated[ChangeFilter, Depends(asked_changes)]
) -> ListOf[ChangeRequest]:
    """Requests to change or cancel orders, the newest first."""
    async with begin.reading(caller.scope) as tx:
        found = await changes_page(tx, asked, page.window)
        told = await changes_told(tx, found.items)
    return page.answer(found, told)


@router.get("/change-requests/{request_id}", summary="One request")
async def read_request(request_id: str, caller: ReadingCaller, begin: BeginDep) -> ChangeRequest:
    """A request: what is wanted, who has approved or declined it and why, and by which policy."""
    async with begin.reading(caller.scope) as tx:
        (told,) = await changes_told(tx, [await change_by_id(tx, parse("chg", request_id))])
    return told


@router.post(
    "/change-requests/{request_id}/decision",
    status_code=200,
    response_model=ChangeRequest,
    responses=problems(ChangeDecided, ChangeOvertaken, ApprovedAlready, RequesterApproves, RefundTooHigh),
    summary="Approve or decline",
)
async def decide(
    request_id: str, decision: ChangeDecision, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """An approver's word; name the person with `Tidings-Actor`. With the last approval needed, it is carried out.

    Judged by the policy's version when the request came in, and by where the order stands now. Whoever put the request
    in never approves it, and nobody approves it twice; one decline declines it.
    """
    word = Word(_hand(caller), decision.outcome, decision.reason)
    refund = None if decision.refund is None else decision.refund.amount
    command = DecideChange.of(parse("chg", request_id), word, refund)
    async with once(caller) as tx:
        return once.answer(200, held_told(await decide_change(tx, command, now=now)))


@router.post(
    "/change-requests/{request_id}/withdrawal",
    status_code=200,
    response_model=ChangeRequest,
    responses=problems(ChangeDecided),
    summary="Withdraw",
)
async def withdraw(
    request_id: str,
    caller: EitherCaller,
    once: OnceDep,
    now: NowDep,
    withdrawal: ChangeWithdrawal | None = None,
) -> Response:
    """Whoever asked does not want it any more: it is not decided, and no outcome is owed."""
    reason = None if withdrawal is None else withdrawal.reason
    command = WithdrawChange(parse("chg", request_id), reason, caller.actor)
    async with once(caller) as tx:
        return once.answer(200, held_told(await withdraw_change(tx, command, now=now)))
