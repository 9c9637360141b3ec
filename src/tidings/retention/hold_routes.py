"""Legal holds: placed, found, released."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tidings.kit.declared import problems
from tidings.kit.ids import parse
from tidings.kit.problem import NotFound
from tidings.retention.errors import HoldReleased
from tidings.retention.place import PlaceHold, place_hold
from tidings.retention.queries import holds_page
from tidings.retention.release import ReleaseHold, hold_by_id, release_hold
from tidings.retention.schemas import Hold, HoldToPlace, HoldToRelease, hold_of
from tidings.storefronts.access import AdminCaller, BeginDep, ListOf, NowDep, OnceDep, PageDep

router = APIRouter(prefix="/v1/holds", tags=["privacy"])


@router.post("", status_code=201, response_model=Hold, responses=problems(NotFound), summary="Place a legal hold")
async def place(hold: HoldToPlace, caller: AdminCaller, once: OnceDep, now: NowDep) -> Response:
    """Keep an order, all orders of somebody, or everything, whatever its time and whoever asks to be forgotten.

    An order that is being deleted at this very moment is either kept or not found.
    """
    command = PlaceHold(hold.reach, hold.meant(), hold.reason, caller.actor)
    async with once(caller) as tx:
        placed = hold_of(await place_hold(tx, command, now=now))
        return once.answer(201, placed, headers={"Location": f"/v1/holds/{placed.id}"})


@router.get("", summary="Legal holds")
async def list_holds(
    caller: AdminCaller,
    begin: BeginDep,
    page: PageDep,
    released: Annotated[bool, Query(description="Also those that were released")] = False,  # noqa: FBT002 - a query field
) -> ListOf[Hold]:
    """What must not be deleted, and why; the newest first."""
    async with begin.reading(caller.scope) as tx:
        found = await holds_page(tx, standing=not released, window=page.window)
    return page.answer(found, [hold_of(row) for row in found.items])


@router.get("/{hold_id}", summary="One legal hold")
async def read_hold(hold_id: str, caller: AdminCaller, begin: BeginDep) -> Hold:
    """What it is on, who placed it and why, and who released it."""
    async with begin.reading(caller.scope) as tx:
        return hold_of(await hold_by_id(tx, parse("hld", hold_id)))


@router.post(
    "/{hold_id}/release",
    status_code=200,
    response_model=Hold,
    responses=problems(HoldReleased),
    summary="Release a legal hold",
)
async def release(
    hold_id: str, caller: AdminCaller, once: OnceDep, now: NowDep, why: HoldToRelease | None = None
) -> Response:
    """What it kept goes with the next round of retention, and by the erasures that had to leave it."""
    command = ReleaseHold(parse("hld", hold_id), None if why is None else why.reason, caller.actor)
    async with once(caller) as tx:
        return once.answer(200, hold_of(await release_hold(tx, command, now=now)))
