"""The stock ledger: what is there, what is promised, and what people tell of it.

Article numbers stand in paths as they are, percent-encoded: a slash in one is a part of it.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import StringConstraints

from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.fields import ONE_LINE
from tidings.kit.problem import PreconditionFailed
from tidings.storefronts.access import (
    BeginDep,
    KnownDep,
    ListOf,
    NowDep,
    OnceDep,
    OperationsCaller,
    PageDep,
    ReadingCaller,
)  # fmt: skip
from tidings.verification.change_article import ChangeArticle, change_article
from tidings.verification.count import CountStock, count_stock
from tidings.verification.errors import StockReserved
from tidings.verification.keep_article import KeepArticle, keep_article
from tidings.verification.stock_queries import article_of, movements_page, stock_page
from tidings.verification.stock_schemas import (
    MovementToTell,
    Stock,
    StockChange,
    StockMovement,
    StockToKeep,
    movement_of,
    stock_of,
)  # fmt: skip

router = APIRouter(prefix="/v1/stock", tags=["stock"])

# As long as an order's lines may have it, and trimmed as theirs are.
Sku = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE),
    Path(description="The shop's article number, percent-encoded", examples=["TEA-01"]),
]
_DESCRIBED = "Only articles whose number begins so"


@router.get("", summary="What is in stock")
async def list_stock(
    caller: ReadingCaller,
    begin: BeginDep,
    page: PageDep,
    sku_prefix: Annotated[str | None, Query(max_length=100, description=_DESCRIBED)] = None,
) -> ListOf[Stock]:
    """Articles in the order of their numbers."""
    async with begin.reading(caller.scope) as tx:
        found = await stock_page(tx, sku_prefix, page.window)
    return page.answer(found, [stock_of(row) for row in found.items])


@router.get("/{sku:path}/movements", summary="What moved an article")
async def list_movements(sku: Sku, caller: ReadingCaller, begin: BeginDep, page: PageDep) -> ListOf[StockMovement]:
    """Every movement of an article, the newest first: goods in, counts, reservations, parcels."""
    async with begin.reading(caller.scope) as tx:
        found = await movements_page(tx, sku, page.window)
    return page.answer(found, [movement_of(row) for row in found.items])


@router.post(
    "/{sku:path}/movements",
    status_code=201,
    response_model=StockMovement,
    responses=problems(StockReserved),
    summary="Tell what happened in the store",
)
async def tell_movement(
    sku: Sku, told: MovementToTell, caller: OperationsCaller, once: OnceDep, now: NowDep
) -> Response:
    """Goods came in or came back, or somebody has counted. An article is in the ledger from its first movement on.

    Orders that wait for the article are looked at again, the oldest first.
    """
    async with once(caller) as tx:
        command = CountStock(sku, told.kind, told.quantity, told.reason, caller.actor)
        return once.answer(201, movement_of(await count_stock(tx, command, now=now)))


@router.get("/{sku:path}", summary="One article")
async def read_stock(sku: Sku, caller: ReadingCaller, begin: BeginDep, response: Response) -> Stock:
    """How much of an article there is, and how much of that can still be sold."""
    async with begin.reading(caller.scope) as tx:
        row = await article_of(tx, sku)
    response.headers["ETag"] = etag(row.version)
    return stock_of(row)


@router.put("/{sku:path}", summary="Keep an article", responses=problems(StockReserved, PreconditionFailed))
async def keep_stock(
    sku: Sku, told: StockToKeep, caller: OperationsCaller, begin: BeginDep, now: NowDep, known: KnownDep
) -> Stock:
    """An article as a whole: `on_hand` counts as counted, and what is not named of the rest has its default again."""
    command = KeepArticle(
        sku=sku,
        on_hand=told.on_hand,
        reason=told.reason,
        is_discontinued=told.is_discontinued,
        unit_price=told.unit_price,
        actor=caller.actor,
        if_match=known.if_match,
    )
    async with begin(caller.scope) as tx:
        row = await keep_article(tx, command, now=now)
    known.tell(row.version)
    return stock_of(row)


@router.patch("/{sku:path}", summary="Change an article", responses=problems(PreconditionFailed))
async def change_stock(
    sku: Sku, change: StockChange, caller: OperationsCaller, begin: BeginDep, now: NowDep, known: KnownDep
) -> Stock:
    """Whether it is still sold, and at which price; its numbers stay."""
    price = (change.unit_price,) if "unit_price" in change.model_fields_set else None
    command = ChangeArticle(sku, caller.actor, change.is_discontinued, price, known.if_match)
    async with begin(caller.scope) as tx:
        row = await change_article(tx, command, now=now)
    known.tell(row.version)
    return stock_of(row)
