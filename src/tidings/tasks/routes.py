"""What people must do: the list, and the outcome of each."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request, Response

from tidings.kit.declared import problems
from tidings.kit.fields import Instant
from tidings.kit.ids import parse
from tidings.kit.problem import Fault, InvalidInput
from tidings.storefronts.access import BeginDep, ListOf, NowDep, OnceDep, OperationsCaller, PageDep
from tidings.tasks.errors import TaskClosed
from tidings.tasks.finish import FinishTask, finish_task
from tidings.tasks.kinds import TaskKind, TaskStatus
from tidings.tasks.outcomes import Outcomes
from tidings.tasks.queries import TaskFilter, task_by_id, tasks_page
from tidings.tasks.schemas import Task, TaskOutcome, task_of


async def outcomes_of(request: Request) -> Outcomes:
    """What follows from outcomes, as the composition root has put it together."""
    return cast("Outcomes", request.app.state.runtime.outcomes)


OutcomesDep = Annotated[Outcomes, Depends(outcomes_of)]

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])


async def asked_tasks(
    status: Annotated[TaskStatus | None, Query(description="Only those that stand so")] = None,
    kind: Annotated[TaskKind | None, Query(description="Only those of this kind")] = None,
    order_id: Annotated[str | None, Query(description="Only those of this order")] = None,
    owner: Annotated[str | None, Query(max_length=100, description="Only those of this person")] = None,
    due_before: Annotated[Instant | None, Query(description="Only those due before this instant")] = None,
) -> TaskFilter:
    """The filter in the query string.

    Raises:
        InvalidInput: `order_id` cannot be an order's id.
    """
    order = None if order_id is None else parse("ord", order_id)
    if order_id is not None and order is None:
        raise InvalidInput(faults=[Fault("/query/order_id", "is not an order's id")])
    return TaskFilter(status=status, kind=kind, order_id=order, owner=owner, due_before=due_before)


@router.get("", summary="What people must do")
async def list_tasks(
    caller: OperationsCaller, begin: BeginDep, page: PageDep, asked: Annotated[TaskFilter, Depends(asked_tasks)]
) -> ListOf[Task]:
    """Tasks, oldest first: customers to be called, messages that did not go, replies to be answered."""
    async with begin.reading(caller.scope) as tx:
        found = await tasks_page(tx, asked, page.window)
    return page.answer(found, [task_of(row) for row in found.items])


@router.get("/{task_id}", summary="One task")
async def read_task(task_id: str, caller: OperationsCaller, begin: BeginDep) -> Task:
    """One thing that a person must do, or has done."""
    async with begin.reading(caller.scope) as tx:
        return task_of(await task_by_id(tx, parse("tsk", task_id)))


@router.post(
    "/{task_id}/outcome",
    status_code=200,
    response_model=Task,
    responses=problems(TaskClosed),
    summary="Tell what came of a task",
)
async def tell_outcome(
    task_id: str, told: TaskOutcome, caller: OperationsCaller, once: OnceDep, now: NowDep, outcomes: OutcomesDep
) -> Response:
    """Close the task with its outcome. What must happen next is for the person to do, or for another call.

    Of `call_customer`, `reached` says that the customer was told: it is logged as a communication, the promise counts
    as kept, and the message is taken back. `not_reached` leaves the task open, to be tried again later. Any other
    outcome gives the call up.
    """
    async with once(caller) as tx:
        command = FinishTask(parse("tsk", task_id), told.outcome, told.notes, caller.actor)
        return once.answer(200, task_of(await finish_task(tx, command, outcomes, now=now)))
