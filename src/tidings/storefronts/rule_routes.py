"""A shop's own rules: its business calendar, its policy, and the versions of both."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel

from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.problem import PreconditionFailed
from tidings.storefronts.access import AdminCaller, BeginDep, KnownDep, ListOf, NowDep, PageDep
from tidings.storefronts.change_rules import PatchRules, change_calendar, change_policy
from tidings.storefronts.errors import RetentionTooShort
from tidings.storefronts.policy import Policy, policy_of
from tidings.storefronts.queries import rule_books_page, storefront
from tidings.storefronts.routes import ShopsDep
from tidings.storefronts.rule_schemas import (
    CalendarChange,
    CalendarInForce,
    PolicyChange,
    RuleBook,
    calendar_of,
    rule_book_of,
)

router = APIRouter(prefix="/v1", tags=["policy"])

_POLICY: Final = {
    "verification": {"payment": "provider", "stock": "ledger"},
    "changes": {"cancellation": {"until": "processing", "approval": "automatic"}, "two_approvers_from": 100_000},
    "desk": {"email": "desk@shop.test", "owner": "staff/anna", "delegate": "staff/ben"},
}


@router.get("/calendar", summary="The business calendar")
async def read_calendar(caller: AdminCaller, begin: BeginDep, response: Response) -> CalendarInForce:
    """Opening hours by weekday, public holidays, closures, special days. Promises in business time run by it."""
    async with begin.reading(caller.scope) as tx:
        row = await storefront(tx)
    response.headers["ETag"] = etag(row.version)
    return calendar_of(row)


@router.patch("/calendar", summary="Change the business calendar", responses=problems(PreconditionFailed))
async def update_calendar(
    change: CalendarChange, caller: AdminCaller, begin: BeginDep, now: NowDep, known: KnownDep, shops: ShopsDep
) -> CalendarInForce:
    """Lay a merge patch upon the calendar. Clocks that run already keep their due time.

    A calendar that does not open for a whole year is refused.
    """
    command = PatchRules(_patch(change), caller.actor, known.if_match)
    async with begin(caller.scope) as tx:
        row = await change_calendar(tx, command, now=now)
    shops.forget(row.id)
    known.tell(row.version)
    return calendar_of(row)


@router.get("/policy", summary="The policy")
async def read_policy(caller: AdminCaller, begin: BeginDep, response: Response) -> Policy:
    """What the shop decides for itself; what it has never changed is as by default."""
    async with begin.reading(caller.scope) as tx:
        row = await storefront(tx)
    response.headers["ETag"] = etag(row.version)
    return policy_of(row.policy)


@router.patch("/policy", summary="Change the policy", responses=problems(PreconditionFailed, RetentionTooShort))
async def update_policy(
    change: Annotated[PolicyChange, Body(openapi_examples={"1": {"value": _POLICY}})],
    caller: AdminCaller,
    begin: BeginDep,
    now: NowDep,
    known: KnownDep,
    shops: ShopsDep,
) -> Policy:
    """Lay a merge patch upon the policy; the whole must not contradict itself.

    Whatever is decided from now on names this version; what was decided before keeps the one that it was decided by.
    """
    command = PatchRules(_patch(change), caller.actor, known.if_match)
    async with begin(caller.scope) as tx:
        row = await change_policy(tx, command, now=now)
    shops.forget(row.id)
    known.tell(row.version)
    return policy_of(row.policy)


@router.get("/policy/versions", summary="The rules as they were")
async def list_versions(caller: AdminCaller, begin: BeginDep, page: PageDep) -> ListOf[RuleBook]:
    """Calendar and policy in their versions, the newest first: since when each was in force, and who made it."""
    async with begin.reading(caller.scope) as tx:
        found = await rule_books_page(tx, page.window)
    return page.answer(found, [rule_book_of(row) for row in found.items])


def _patch(change: BaseModel) -> dict[str, Any]:
    return change.model_dump(mode="json", exclude_unset=True)
