"""One promise, and why it is due when it is. Its route stands here, because the rule stands in the table."""

from fastapi import APIRouter
from pydantic import Field

from tidings.deadlines.queries import deadline_by_id, deadline_of
from tidings.deadlines.schemas import Deadline
from tidings.kit.db import Tx
from tidings.kit.ids import parse
from tidings.milestones.explain_due import Explanation, RulesThen, explain_due
from tidings.storefronts.access import BeginDep, NowDep, OperationsCaller
from tidings.storefronts.keep_rules import rules_before, rules_in_force
from tidings.storefronts.policy import policy_of
from tidings.storefronts.queries import storefront

router = APIRouter(prefix="/v1/deadlines", tags=["deadlines"])


class ExplainedDeadline(Deadline):
    """A promise, and how its due time was found."""

    why: Explanation = Field(description="Why it is due then")


@router.get("/{deadline_id}", summary="One promise, and why it is due then")
async def read_deadline(deadline_id: str, caller: OperationsCaller, begin: BeginDep, now: NowDep) -> ExplainedDeadline:
    """A promise with its due time: the rule, the calendar that was in force, what was counted and what was left out."""
    async with begin.reading(caller.scope) as tx:
        row = await deadline_by_id(tx, parse("ddl", deadline_id))
        told = deadline_of(row, now)
        why = await _why(tx, told)
    return ExplainedDeadline(**told.model_dump(), why=why)


async def _why(tx: Tx, told: Deadline) -> Explanation:
    """By the rules in force at the start, or (a process may not have heard of a change yet) by those right before."""
    rules = await _rules_at(tx, told)
    explained = [explain_due(told.kind, told.started_at, each) for each in rules]
    return next((each for each in explained if each.due_at == told.due_at), explained[0])


async def _rules_at(tx: Tx, told: Deadline) -> list[RulesThen]:
    book = await rules_in_force(tx, tx.scope.storefront_id, told.started_at)
    if book is None:
        row = await storefront(tx)
        return [RulesThen(row.version, row.time_zone, row.calendar, policy_of(row.policy))]
    before = await rules_before(tx, tx.scope.storefront_id, book.version)
    books = [book] if before is None else [book, before]
    return [RulesThen(each.version, each.time_zone, each.calendar, policy_of(each.policy)) for each in books]
