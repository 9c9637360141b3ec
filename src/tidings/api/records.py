"""The audit trail over HTTP. Its routes stand here, because the trail itself lies below those who may read it."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from tidings.kit.db import Mode
from tidings.kit.ids import parse, wire
from tidings.kit.problem import Fault, InvalidInput
from tidings.records.read import Recorded, RecordFilter, records_after
from tidings.storefronts.access import Access, BeginDep, ListOf, PageDep
from tidings.storefronts.caller import Caller

router = APIRouter(prefix="/v1/records", tags=["records"])

AuditingCaller = Annotated[Caller, Depends(Access("operations", "admin"))]


class Record(BaseModel):
    """One line of the trail: who did what, to what, and when. Never changed, never removed, and nothing personal."""

    id: str
    at: datetime
    kind: str = Field(examples=["order.placed"])
    subject: str = Field(description="What it is about", examples=["ord_0198…"])
    actor: str = Field(description="Who did it: a key's principal, `staff/<id>`, `system`, a provider")
    order_id: str | None
    mode: Mode | None = Field(description="Null for what concerns both modes")
    data: dict[str, Any] = Field(description="Ids, figures, words of our own, and digests of what stands beside it")
    words: dict[str, str] = Field(
        description=(
            "What somebody wrote about it, by name, as long as it is kept; the record itself has `<name>_digest`: "
            "SHA-256, in hexadecimal, over the salt, the length of the words in UTF-8 as eight bytes (big-endian), and "
            "the words. Not a part of what is sealed"
        ),
        examples=[{"reason": "asked for it on the phone"}],
    )
    salt: str | None = Field(description="In hexadecimal; null where nothing was written, or it was erased")
    number: int | None = Field(description="Its place among the records of its order, from 1; null until it is sealed")
    position: int | None = Field(description="Its place among all that are sealed, from 0; null until it is")


async def asked_records(
    order_id: Annotated[str | None, Query(description="Only those about this order")] = None,
    subject: Annotated[str | None, Query(max_length=100, description="Only those about this")] = None,
    kind: Annotated[str | None, Query(max_length=100, description="Only those of this kind")] = None,
    actor: Annotated[str | None, Query(max_length=100, description="Only what this one did")] = None,
) -> RecordFilter:
    """The filter in the query string.

    Raises:
        InvalidInput: `order_id` cannot be an order's id.
    """
    order = None if order_id is None else parse("ord", order_id)
    if order_id is not None and order is None:
        raise InvalidInput(faults=[Fault("/query/order_id", "is not an order's id")])
    return RecordFilter(order_id=order, subject=subject, kind=kind, actor=actor)


@router.get("", summary="The audit trail")
async def list_records(
    caller: AuditingCaller, begin: BeginDep, page: PageDep, asked: Annotated[RecordFilter, Depends(asked_records)]
) -> ListOf[Record]:
    """Records in an order in which none is missed: what is being written while you read comes on a later page."""
    async with begin.reading(caller.scope) as tx:
        found = await records_after(tx, asked, page.window)
    return page.answer(found, [_record_of(recorded) for recorded in found.items])


def _record_of(recorded: Recorded) -> Record:
    return Record(
        id=wire("rec", recorded.id),
        at=recorded.at,
        kind=recorded.kind,
        subject=recorded.subject,
        actor=recorded.actor,
        order_id=None if recorded.order_id is None else wire("ord", recorded.order_id),
        mode=_mode(recorded.mode),
        data=json.loads(recorded.data),
        words={} if recorded.words is None else json.loads(recorded.words),
        salt=recorded.salt,
        number=recorded.number,
        position=recorded.position,
    )


def _mode(mode: str | None) -> Mode | None:
    return None if mode is None else "live" if mode == "live" else "test"
