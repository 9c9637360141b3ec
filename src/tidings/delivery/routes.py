"""What customers were told: read it, have it explained, send it again, take it back; addresses not to be used."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from tidings.delivery.affected import MessageKey
from tidings.delivery.cancel import CancelMessage, cancel_message
from tidings.delivery.errors import AddressSuppressed, HasLeft, MessageErased, NotDead, StillUnderWay
from tidings.delivery.explain import explanation
from tidings.delivery.lookup import message_by_id
from tidings.delivery.queries import MessageFilter, message_told, messages_page, require_order
from tidings.delivery.replay import ReplayMessages, replay_messages
from tidings.delivery.resend import ResendMessage, resend_message
from tidings.delivery.schemas import Cancellation, Explanation, Message, NewSuppression, Resend, Suppression
from tidings.delivery.states import MessageStatus
from tidings.delivery.suppressed import (
    SuppressAddress,
    SuppressionFilter,
    end_suppression,
    suppress_address,
    suppression_by_id,
    suppressions_page,
)
from tidings.delivery.told import message_of, suppression_of
from tidings.kit.declared import problems
from tidings.kit.fields import Instant
from tidings.kit.ids import parse
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OnceDep, OperationsCaller, PageDep, ReadingCaller
from tidings.storefronts.kinds import Channel

router = APIRouter()


async def asked_messages(
    status: Annotated[MessageStatus | None, Query(description="Only those that stand so")] = None,
    milestone: Annotated[str | None, Query(max_length=60, description="Only those that tell of this")] = None,
    channel: Annotated[Channel | None, Query(description="Only those on this channel")] = None,
    receipt_overdue: Annotated[bool | None, Query(description="Only those whose receipt did not come in time")] = None,
    created_after: Annotated[Instant | None, Query(description="Only those owed at or after this instant")] = None,
    created_before: Annotated[Instant | None, Query(description="Only those owed before this instant")] = None,
) -> MessageFilter:
    """The filter in the query string."""
    return MessageFilter(
        status=status,
        milestone=milestone,
        channel=channel,
        receipt_overdue=receipt_overdue,
        created_after=created_after,
        created_before=created_before,
    )


AskedMessages = Annotated[MessageFilter, Depends(asked_messages)]


@router.get("/v1/messages", tags=["messages"], summary="Messages")
async def list_messages(caller: ReadingCaller, begin: BeginDep, page: PageDep, asked: AskedMessages) -> ListOf[Message]:
    """Messages to customers, newest first, with their attempts and what providers said of them."""
    async with begin.reading(caller.scope) as tx:
        found = await messages_page(tx, asked, page.window)
    return page.answer(found, [message_of(told) for told in found.items])


@router.get("/v1/orders/{order_id}/messages", tags=["messages"], summary="What one order's customer was told")
async def list_of_order(order_id: str, caller: ReadingCaller, begin: BeginDep, page: PageDep) -> ListOf[Message]:
    """The order's messages, oldest first."""
    async with begin.reading(caller.scope) as tx:
        order = await require_order(tx, parse("ord", order_id))
        found = await messages_page(tx, MessageFilter(order_id=order), page.window, oldest_first=True)
    return page.answer(found, [message_of(told) for told in found.items])


@router.get("/v1/messages/{message_id}", tags=["messages"], summary="One message")
async def read_message(message_id: str, caller: ReadingCaller, begin: BeginDep) -> Message:
    """A message with its content as sent, each attempt, and each receipt of it."""
    async with begin.reading(caller.scope) as tx:
        return message_of(await message_told(tx, parse("msg", message_id)))


@router.get("/v1/messages/{message_id}/explanation", tags=["messages"], summary="Why it did or did not arrive")
async def explain_message(message_id: str, caller: ReadingCaller, begin: BeginDep, now: NowDep) -> Explanation:
    """In plain words: the plan, each decision and its reason, and what happens next and when."""
    async with begin.reading(caller.scope) as tx:
        return await explanation(tx, parse("msg", message_id), now=now)


@router.post(
    "/v1/messages/{message_id}/resend",
    tags=["messages"],
    status_code=201,
    response_model=Message,
    responses=problems(StillUnderWay, AddressSuppressed, MessageErased),
    summary="Send it again",
)
async def resend(
    message_id: str, caller: OperationsCaller, once: OnceDep, now: NowDep, how: Resend | None = None
) -> Response:
    """Owe the customer the same message again, to a corrected address if one is given.

    The answer is the new message; the old one stays as it is. Nothing is sent to a suppressed address.
    """
    asked = how or Resend()
    command = ResendMessage(parse("msg", message_id), caller.actor, asked.reason, asked.channel, asked.address)
    async with once(caller) as tx:
        made = await resend_message(tx, command, now=now)
        return once.answer(201, message_of(await message_told(tx, made)))


@router.post(
    "/v1/messages/{message_id}/cancellation",
    tags=["messages"],
    status_code=200,
    response_model=Message,
    responses=problems(HasLeft),
    summary="Take it back",
)
async def cancel(
    message_id: str, caller: OperationsCaller, once: OnceDep, now: NowDep, why: Cancellation | None = None
) -> Response:
    """Keep a message from going out that has not left yet. The promise behind it stays: tell the customer otherwise."""
    command = CancelMessage(parse("msg", message_id), caller.actor, why.reason if why is not None else None)
    async with once(caller) as tx:
        taken_back = await cancel_message(tx, command, now=now)
        await tx.flush()
        return once.answer(200, message_of(await message_told(tx, taken_back)))


@router.post(
    "/v1/messages/{message_id}/replay",
    tags=["messages"],
    status_code=200,
    response_model=Message,
    responses=problems(NotDead, MessageErased),
    summary="Put a dead one back into the outbox",
)
async def replay(message_id: str, caller: OperationsCaller, once: OnceDep, now: NowDep) -> Response:
    """Let a message that failed, or is parked, begin again at its first channel: what was wrong has been mended."""
    async with once(caller) as tx:
        row = await message_by_id(tx, parse("msg", message_id))
        key = MessageKey(row.storefront_id, row.order_id, row.id)
        await replay_messages(tx, ReplayMessages([key], caller.actor), now=now)
        # It was changed behind the session's back.
        tx.session.expunge_all()
        return once.answer(200, message_of(await message_told(tx, row.id)))


@router.get("/v1/suppressions", tags=["suppressions"], summary="Addresses that must not be used")
async def list_suppressions(
    caller: OperationsCaller,
    begin: BeginDep,
    page: PageDep,
    now: NowDep,
    channel: Annotated[Channel | None, Query(description="Only those on this channel")] = None,
    ended: Annotated[bool, Query(description="Also those that have ended")] = False,  # noqa: FBT002 - a query field
) -> ListOf[Suppression]:
    """Suppressed addresses, newest first."""
    asked = SuppressionFilter(channel, standing=not ended)
    async with begin.reading(caller.scope) as tx:
        found = await suppressions_page(tx, asked, page.window, now=now)
    return page.answer(found, [suppression_of(row) for row in found.items])


@router.get("/v1/suppressions/{suppression_id}", tags=["suppressions"], summary="One suppressed address")
async def read_suppression(suppression_id: str, caller: OperationsCaller, begin: BeginDep) -> Suppression:
    """Why an address must not be used, who said so, and until when."""
    async with begin.reading(caller.scope) as tx:
        return suppression_of(await suppression_by_id(tx, parse("sup", suppression_id)))


@router.post(
    "/v1/suppressions",
    tags=["suppressions"],
    status_code=201,
    response_model=Suppression,
    responses={200: {"model": Suppression, "description": "It was suppressed by hand already, and stays so"}},
    summary="Keep an address from being used",
)
async def add_suppression(new: NewSuppression, caller: OperationsCaller, once: OnceDep, now: NowDep) -> Response:
    """From now on nothing is sent to the address on this channel; messages go on to their next channel.

    An address is suppressed for each reason by itself: a bounce, a complaint or a STOP stands when this one ends.
    """
    async with once(caller) as tx:
        command = SuppressAddress(new.channel, new.address, caller.actor, new.ends_at)
        row, is_new = await suppress_address(tx, command, now=now)
        return once.answer(201 if is_new else 200, suppression_of(row))


@router.delete("/v1/suppressions/{suppression_id}", tags=["suppressions"], status_code=204, summary="End it")
async def remove_suppression(suppression_id: str, caller: OperationsCaller, begin: BeginDep, now: NowDep) -> None:
    """End it; the address may be used again if it is not suppressed for another reason, too.

    Ask the customer first when it was they who wanted no more.
    """
    async with begin(caller.scope) as tx:
        await end_suppression(tx, parse("sup", suppression_id), actor=caller.actor, now=now)
