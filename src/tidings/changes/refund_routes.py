"""Refunds: looked at, and their outcome told where a person pays."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from tidings.changes.errors import RefundNotByHand, RefundSettled
from tidings.changes.kinds import RefundMethod
from tidings.changes.queries import RefundFilter, refund_by_id, refunds_page
from tidings.changes.schemas import Refund
from tidings.changes.settle_refund import SettleRefund, settle_by_hand
from tidings.changes.states import RefundStatus
from tidings.changes.told import refund_told
from tidings.changes.wanted import OutcomeOfRefund
from tidings.kit.declared import problems
from tidings.kit.fields import Instant
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OnceDep, OperationsCaller, PageDep, ReadingCaller

router = APIRouter(prefix="/v1/refunds", tags=["refunds"])


async def asked_refunds(
    status: Annotated[RefundStatus | None, Query(description="Only those that stand so")] = None,
    method: Annotated[RefundMethod | None, Query(description="Only those that are paid in this way")] = None,
    order_id: Annotated[str | None, Query(description="Only those of this order")] = None,
    requested_after: Annotated[Instant | None, Query(description="Only those asked for after this instant")] = None,
    requested_before: Annotated[Instant | None, Query(description="Only those asked for before this instant")] = None,
) -> RefundFilter:
    """The filter in the query string.

    Raises:
        InvalidInput: `order_id` cannot be an order's id.
    """
    order = None if order_id is None else parse("ord", order_id)
    if order_id is not None and order is None:
        raise InvalidInput(faults=[Fault("/query/order_id", "is not an order's id")])
    return RefundFilter(status, method, order, requested_after, requested_before)


@router.get("", summary="Refunds")
async def list_refunds(
    caller: ReadingCaller, begin: BeginDep, page: PageDep, asked: Annotated[RefundFilter, Depends(asked_refunds)]
) -> ListOf[Refund]:
    """Refunds that were asked for, the newest first."""
    async with begin.reading(caller.scope) as tx:
        found = await refunds_page(tx, asked, page.window)
    return page.answer(found, [refund_told(row) for row in found.items])


@router.get("/{refund_id}", summary="One refund")
async def read_refund(refund_id: str, caller: ReadingCaller, begin: BeginDep) -> Refund:
    """A refund, and how it ended."""
    async with begin.reading(caller.scope) as tx:
        return refund_told(await refund_by_id(tx, parse("rfd", refund_id)))


@router.post(
    "/{refund_id}/outcome",
    status_code=200,
    response_model=Refund,
    responses=problems(RefundSettled, RefundNotByHand),
    summary="Tell a refund's outcome",
)
async def tell_outcome(
    refund_id: str, told: OutcomeOfRefund, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """What became of money that a person pays back, also after the provider could not. The customer is told."""
    command = SettleRefund(parse("rfd", refund_id), told.outcome, told.reference, told.reason, caller.actor)
    async with once(caller) as tx:
        held = await settle_by_hand(tx, command, now=now)
        return once.answer(200, refund_told(held.row))
