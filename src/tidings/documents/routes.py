"""Completion of orders, and their documents: read, fetched, issued by hand, corrected."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from tidings.documents.complete import complete_order
from tidings.documents.correct import CorrectDocument, correct_document
from tidings.documents.desk import DeskDep
from tidings.documents.errors import DocumentIssued, DocumentNotMade, NotCorrectable, NothingToIssue
from tidings.documents.issue_by_hand import IssueByHand, issue_by_hand
from tidings.documents.kinds import DocumentKind
from tidings.documents.queries import DocumentFilter, document_by_id, documents_of, documents_page
from tidings.documents.schemas import Document, DocumentCorrection, DocumentToIssue, document_told
from tidings.documents.serve import pdf_response
from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.ids import parse
from tidings.kit.problem import Unavailable
from tidings.orders.close import CloseOrder
from tidings.orders.errors import IllegalMove, OrderOnHold
from tidings.orders.load import By, order_by_id
from tidings.orders.schemas import Order
from tidings.storefronts.access import (
    BeginDep,
    ListOf,
    NowDep,
    OnceDep,
    OperationsCaller,
    OrdersCaller,
    PageDep,
    ReadingCaller,
)

# What was in the chapter of orders stays in it.
order_router = APIRouter(prefix="/v1/orders", tags=["orders"])
router = APIRouter(prefix="/v1", tags=["documents"])


@order_router.post(
    "/{order_id}/completion",
    status_code=200,
    response_model=Order,
    responses=problems(IllegalMove, OrderOnHold),
    summary="Close a delivered order",
)
async def complete(order_id: str, caller: OrdersCaller, once: OnceDep, now: NowDep) -> Response:
    """Close the order: everything has arrived, nothing more will be done.

    Its documents are issued with it, as the policy's `paperwork` says, and go along with the completion message.
    """
    async with once(caller) as tx:
        order = await complete_order(tx, CloseOrder(parse("ord", order_id), caller.actor), now=now)
        return once.answer(200, order.json().encode(), headers={"ETag": etag(order.row.version)})


async def asked_documents(
    kind: Annotated[DocumentKind | None, Query(description="Only those of this kind")] = None,
    number: Annotated[str | None, Query(max_length=60, description="The one with this number")] = None,
) -> DocumentFilter:
    """The filter in the query string."""
    return DocumentFilter(kind, number)


@router.get("/documents", summary="Documents")
async def list_documents(
    caller: ReadingCaller, begin: BeginDep, page: PageDep, asked: Annotated[DocumentFilter, Depends(asked_documents)]
) -> ListOf[Document]:
    """Documents of the key's storefront and mode, the newest first."""
    async with begin.reading(caller.scope) as tx:
        found = await documents_page(tx, asked, page.window)
    return page.answer(found, [document_told(held) for held in found.items])


@router.get("/orders/{order_id}/documents", summary="An order's documents")
async def list_of_order(order_id: str, caller: ReadingCaller, begin: BeginDep) -> ListOf[Document]:
    """Everything that was issued for the order, in its order; also what was corrected since."""
    async with begin.reading(caller.scope) as tx:
        order = await order_by_id(tx, parse("ord", order_id))
        found = await documents_of(tx, order.row.id)
    return ListOf[Document](items=[document_told(held) for held in found], next_cursor=None)


@router.post(
    "/orders/{order_id}/documents",
    status_code=201,
    response_model=Document,
    responses=problems(NothingToIssue, DocumentIssued),
    summary="Issue a document",
)
async def issue_for_order(
    order_id: str, wanted: DocumentToIssue, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """Issue an invoice, receipt or warranty by hand, before or without completion."""
    command = IssueByHand(parse("ord", order_id), wanted.kind)
    async with once(caller) as tx:
        told = document_told(await issue_by_hand(tx, command, By(caller.actor, now)))
        return once.answer(201, told, headers={"Location": f"/v1/documents/{told.id}"})


@router.get("/documents/{document_id}", summary="One document")
async def read_document(document_id: str, caller: ReadingCaller, begin: BeginDep) -> Document:
    """A document's number, sums and place among the others; its `file` once that is made."""
    async with begin.reading(caller.scope) as tx:
        return document_told(await document_by_id(tx, parse("doc", document_id)))


@router.get(
    "/documents/{document_id}/content",
    response_class=Response,
    responses=problems(DocumentNotMade, Unavailable)
    | {
        200: {"description": "The PDF; `Repr-Digest` (RFC 9530) has its hash", "content": {"application/pdf": {}}},
        304: {"description": "It is the file that `If-None-Match` names"},
    },
    summary="A document's file",
)
async def read_content(document_id: str, request: Request, caller: ReadingCaller, desk: DeskDep) -> Response:
    """The document as PDF/A-3, for eyes and for machines; the same bytes for ever."""
    held, content = await desk.content(caller.scope, parse("doc", document_id))
    return pdf_response(request, held, content, {"Cache-Control": "private, max-age=31536000, immutable"})


@router.post(
    "/documents/{document_id}/correction",
    status_code=201,
    response_model=ListOf[Document],
    responses=problems(NotCorrectable),
    summary="Correct a document",
)
async def correct(
    document_id: str, correction: DocumentCorrection, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """Issue another document in its place, made from the order as it is now; the wrong one stays as it is.

    A wrong invoice is taken back by a credit note first, which comes first in the answer.
    """
    address = correction.billing_address
    command = CorrectDocument(
        parse("doc", document_id),
        correction.reason,
        billing_address=None if address is None else address.model_dump(mode="json"),
        vat_id=correction.vat_id,
    )
    async with once(caller) as tx:
        made = await correct_document(tx, command, By(caller.actor, now))
        told = ListOf[Document](items=[document_told(held) for held in made], next_cursor=None)
        return once.answer(201, told)
