"""What is behind the links in messages; whoever has the link has the documents, until it ends. No key is asked for."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from tidings.documents.desk import Desk, DeskDep
from tidings.documents.errors import DocumentNotMade
from tidings.documents.page import HEADERS, documents_page, refusal_page
from tidings.documents.queries import documents_of
from tidings.documents.serve import pdf_response
from tidings.kit.declared import problems
from tidings.kit.ids import parse, wire
from tidings.kit.problem import NotFound, Problem, Unavailable
from tidings.kit.signed import LinkExpired, LinkInvalid
from tidings.kit.vault import VaultClosed
from tidings.kit.visitor import InBrowser, Languages

router = APIRouter(prefix="/d", tags=["documents"])

_REFUSALS = (LinkInvalid, LinkExpired, VaultClosed)

Token = Annotated[str, Path(max_length=200, description="From a message")]


@router.get("/{token}", response_class=HTMLResponse, responses=problems(*_REFUSALS), summary="Documents by link")
async def open_link(token: Token, desk: DeskDep, languages: Languages, *, in_browser: InBrowser) -> Response:
    """The order's documents that are made, to look at and keep. In a browser, a refusal is a page, too."""
    try:
        return await _listed(token, desk)
    except Problem as refusal:
        if not in_browser:
            raise
        return _turned_away(refusal, languages)


@router.get(
    "/{token}/{document_id}",
    response_class=Response,
    responses=problems(*_REFUSALS, NotFound, DocumentNotMade, Unavailable)
    | {200: {"description": "The PDF", "content": {"application/pdf": {}}}},
    summary="One document by link",
)
async def open_document(
    token: Token, document_id: str, request: Request, desk: DeskDep, languages: Languages, *, in_browser: InBrowser
) -> Response:
    """One of the order's documents, as PDF. In a browser, a refusal is a page."""
    try:
        return await _one(token, document_id, request, desk)
    except Problem as refusal:
        if not in_browser:
            raise
        return _turned_away(refusal, languages)


async def _listed(token: str, desk: Desk) -> Response:
    opened = desk.links.opened(token, now=desk.now)
    async with desk.begin.reading(opened.scope) as tx:
        made = [held for held in await documents_of(tx, opened.order_id) if held.file is not None]
    if not made:
        raise LinkInvalid
    return HTMLResponse(documents_page(token, made, [wire("doc", held.row.id) for held in made]), headers=HEADERS)


async def _one(token: str, document_id: str, request: Request, desk: Desk) -> Response:
    opened = desk.links.opened(token, now=desk.now)
    held, content = await desk.content(opened.scope, parse("doc", document_id))
    if held.row.order_id != opened.order_id:
        raise NotFound
    return pdf_response(request, held, content, HEADERS)


def _turned_away(refusal: Problem, languages: list[str]) -> Response:
    return HTMLResponse(refusal_page(refusal, *languages), refusal.status, headers={**HEADERS, **refusal.headers})
