"""Payment and stock checks, told by an outside system or by hand."""

from fastapi import APIRouter, Response

from tidings.kit.db import Begin
from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.ids import parse
from tidings.orders.errors import IllegalMove
from tidings.orders.schemas import Order
from tidings.storefronts.access import BeginDep, NowDep, OrdersCaller
from tidings.storefronts.caller import Caller
from tidings.verification.decide import DecideCheck, decide_check
from tidings.verification.kinds import CheckName
from tidings.verification.schemas import CheckOutcome

router = APIRouter(prefix="/v1/orders", tags=["verification"])


@router.put(
    "/{order_id}/payment-check",
    response_model=Order,
    responses=problems(IllegalMove),
    summary="Tell the payment check's outcome",
)
async def decide_payment(
    order_id: str, told: CheckOutcome, caller: OrdersCaller, begin: BeginDep, now: NowDep
) -> Response:
    """Whether the payment is good. With both checks passed, the order is processed.

    Until then an outcome may be told anew: a failed check passes after all, or the other way round. Of a cancelled
    order, `passed` says that it was paid after all: the money goes back, and that is the last word.
    """
    return await _decide(_command(order_id, "payment", told, caller), caller, begin, now)


@router.put(
    "/{order_id}/stock-check",
    response_model=Order,
    responses=problems(IllegalMove),
    summary="Tell the stock check's outcome",
)
async def decide_stock(
    order_id: str, told: CheckOutcome, caller: OrdersCaller, begin: BeginDep, now: NowDep
) -> Response:
    """Whether all of it is in stock. With both checks passed, the order is processed.

    Until then an outcome may be told anew: a failed check passes after all, or the other way round.
    """
    return await _decide(_command(order_id, "stock", told, caller), caller, begin, now)


def _command(order_id: str, check: CheckName, told: CheckOutcome, caller: Caller) -> DecideCheck:
    return DecideCheck(parse("ord", order_id), check, told.outcome, told.reason, caller.actor)


async def _decide(command: DecideCheck, caller: Caller, begin: Begin, now: NowDep) -> Response:
    async with begin(caller.scope) as tx:
        order = await decide_check(tx, command, now=now)
        told = order.json().encode()
    return Response(told, media_type="application/json", headers={"ETag": etag(order.row.version)})
