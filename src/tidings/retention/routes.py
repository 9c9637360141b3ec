"""Exports and erasure of somebody's data, and how long what is kept."""

from base64 import b64encode
from typing import Any, Final

from fastapi import APIRouter, Response

from tidings.kit.declared import problems
from tidings.kit.ids import parse
from tidings.kit.problem import NotFound
from tidings.retention.errors import ExportExpired, ExportNotReady
from tidings.retention.fetch import FetchExport, fetch_export
from tidings.retention.held import is_shut
from tidings.retention.kept import by_the_shops_clock, terms_in_force
from tidings.retention.queries import erasure_by_id, erasures_page, export_by_id, exports_page, rounds_page
from tidings.retention.request_erasure import RequestErasure, request_erasure
from tidings.retention.request_export import RequestExport, request_export
from tidings.retention.schemas import (
    Erasure,
    Export,
    PersonAsked,
    RetentionInForce,
    RetentionRound,
    TermInForce,
    erasure_of,
    export_of,
    round_of,
)
from tidings.storefronts.access import AdminCaller, BeginDep, ListOf, NowDep, OnceDep, PageDep
from tidings.storefronts.terms import kept_since

router = APIRouter(prefix="/v1", tags=["privacy"])

_ZIP: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file", "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post(
    "/exports",
    status_code=202,
    response_model=Export,
    responses=problems(NotFound),
    summary="Export somebody's data",
)
async def ask_for_export(person: PersonAsked, caller: AdminCaller, once: OnceDep, now: NowDep) -> Response:
    """Have all that is known of somebody put together; fetch it from `/content` once it is `ready`."""
    async with once(caller) as tx:
        made = export_of(await request_export(tx, RequestExport(person.meant(), caller.actor), now=now))
        return once.answer(202, made, headers={"Location": f"/v1/exports/{made.id}"})


@router.get("/exports", summary="Exports")
async def list_exports(caller: AdminCaller, begin: BeginDep, page: PageDep) -> ListOf[Export]:
    """What was asked for, the newest first; whose it is stands nowhere but in the file."""
    async with begin.reading(caller.scope) as tx:
        found = await exports_page(tx, page.window)
    return page.answer(found, [export_of(row) for row in found.items])


@router.get("/exports/{export_id}", summary="One export")
async def read_export(export_id: str, caller: AdminCaller, begin: BeginDep) -> Export:
    """Whether it is ready, and until when it can be fetched."""
    async with begin.reading(caller.scope) as tx:
        return export_of(await export_by_id(tx, parse("exp", export_id)))


@router.get(
    "/exports/{export_id}/content",
    responses=_ZIP | problems(ExportNotReady, ExportExpired),
    response_class=Response,
    summary="Fetch an export",
)
async def fetch(export_id: str, caller: AdminCaller, begin: BeginDep, now: NowDep) -> Response:
    """The file: `export.json`, one JSON file for each order, and the documents. That it was fetched is recorded.

    Rows are as they are kept, by table. Where a record holds the digest of what was said or written, the salt stands
    beside the text, and `digests` in `export.json` tells how the digest is made of both: so people can prove what they
    were told.
    """
    async with begin(caller.scope) as tx:
        fetched = await fetch_export(tx, FetchExport(parse("exp", export_id), caller.actor), now=now)
    headers = {
        "Content-Disposition": f'attachment; filename="{export_id}.zip"',
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(fetched.sha256)).decode()}:",
        "Cache-Control": "no-store",
    }
    return Response(fetched.content, media_type="application/zip", headers=headers)


@router.post(
    "/erasures",
    status_code=202,
    response_model=Erasure,
    responses=problems(NotFound),
    summary="Erase somebody's data",
)
async def ask_for_erasure(person: PersonAsked, caller: AdminCaller, once: OnceDep, now: NowDep) -> Response:
    """Have somebody forgotten: in all orders, messages, documents, tasks and logs. Nothing more is sent to them.

    Legal holds and the duty to keep invoices come first: the answer says what is kept, why and until when. That
    something happened stays on record, with whom does not. It begins a minute later, so that an order that is being
    received at this very moment is not missed.
    """
    async with once(caller) as tx:
        made = erasure_of(await request_erasure(tx, RequestErasure(person.meant(), caller.actor), now=now))
        return once.answer(202, made, headers={"Location": f"/v1/erasures/{made.id}"})


@router.get("/erasures", summary="Erasures")
async def list_erasures(caller: AdminCaller, begin: BeginDep, page: PageDep) -> ListOf[Erasure]:
    """What was asked for and what came of it, the newest first."""
    async with begin.reading(caller.scope) as tx:
        found = await erasures_page(tx, page.window)
    return page.answer(found, [erasure_of(row) for row in found.items])


@router.get("/erasures/{erasure_id}", summary="One erasure")
async def read_erasure(erasure_id: str, caller: AdminCaller, begin: BeginDep) -> Erasure:
    """How far it is, and in the end what was erased, and what was kept and why."""
    async with begin.reading(caller.scope) as tx:
        return erasure_of(await erasure_by_id(tx, parse("ers", erasure_id)))


@router.get("/retention", summary="How long what is kept")
async def read_terms(caller: AdminCaller, begin: BeginDep, now: NowDep) -> RetentionInForce:
    """The terms in force, with the reason for the shortest that is allowed. `PATCH /v1/policy` changes them."""
    async with begin.reading(caller.scope) as tx:
        terms = await terms_in_force(tx, caller.scope.storefront_id)
        local = await by_the_shops_clock(tx, caller.scope.storefront_id, now)
        is_held = await is_shut(tx, caller.scope.storefront_id, caller.scope.mode)
    told = [
        TermInForce(
            kind=kind, months=term.months, least=term.least, why=term.why, before=kept_since(kind, term.months, local)
        )
        for kind, term in terms.items()
    ]
    return RetentionInForce(terms=told, is_held=is_held)


@router.get("/retention/rounds", summary="Rounds of retention")
async def list_rounds(caller: AdminCaller, begin: BeginDep, page: PageDep) -> ListOf[RetentionRound]:
    """What went when, the newest first: figures only."""
    async with begin.reading(caller.scope) as tx:
        found = await rounds_page(tx, page.window)
    return page.answer(found, [round_of(row) for row in found.items])
