"""What is behind the links in messages; whoever has the link has the documents, until it ends. No key is asked for."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from tidings.documents.desk import DeskDep
from tidings.documents.errors import DocumentNotMade
from tidings.documents.page import HEADERS, documents_page
from tidings.documents.queries import documents_of
from tidings.documents.serve import pdf_response
from tidings.kit.declared import problems
from tidings.kit.ids import parse, wire
from tidings.kit.problem import NotFound, Unavailable
from tidings.kit.signed import LinkExpired, LinkInvalid
from tidings.kit.vault import VaultClosed

router = APIRouter(prefix="/d", tags=["documents"])

_REFUSALS = (LinkInvalid, LinkExpired, VaultClosed)

Token = Annotated[str, Path(max_length=200, description="From a message")]


@router.get("/{token}", response_class=HTMLResponse, responses=problems(*_REFUSALS), summary="Documents by link")
async def open_link(token: Token, desk: DeskDep) -> Response:
    """The order's documents that are made, to look at and keep."""
    opened = desk.links.opened(token, now=desk.now)
    async with desk.begin.reading(opened.scope) as tx:
        made = [held for held in await documents_of(tx, opened.order_id) if held.file is not None]
    if not made:
        raise LinkInvalid
    return HTMLResponse(documents_page(token, made, [wire("doc", held.row.id) for held in made]), headers=HEADERS)


@router.get(
    "/{token}/{document_id}",
    response_class=Response,
    responses=problems(*_REFUSALS, NotFound, DocumentNotMade, Unavailable)
    | {200: {"description": "The PDF", "content": {"application/pdf": {}}}},
    summary="One document by link",
)
async def open_document(token: Token, document_id: str, request: Request, desk: DeskDep) -> Response:
    """One of the order's documents, as PDF."""
    opened = desk.links.opened(token, now=desk.now)
    held, content = await desk.content(opened.scope, parse("doc", document_id))
    if held.row.order_id != opened.order_id:
        raise NotFound
    return pdf_response(request, held, content, HEADERS)
