"""The shop's own data."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response

from tidings.kit.declared import problems
from tidings.kit.etag import etag
from tidings.kit.problem import PreconditionFailed
from tidings.storefronts.access import AdminCaller, BeginDep, KnownDep, NowDep
from tidings.storefronts.change import change_storefront
from tidings.storefronts.errors import RetentionTooShort
from tidings.storefronts.queries import storefront
from tidings.storefronts.schemas import Storefront, StorefrontChange
from tidings.storefronts.shopbook import ShopBook
from tidings.storefronts.views import storefront_of

router = APIRouter(prefix="/v1/storefront", tags=["storefront"])


async def shops_of(request: Request) -> ShopBook:
    """The shops as this process remembers them."""
    return cast("ShopBook", request.app.state.runtime.shops)


ShopsDep = Annotated[ShopBook, Depends(shops_of)]


@router.get("", summary="The storefront of this key")
async def read_storefront(caller: AdminCaller, begin: BeginDep, response: Response) -> Storefront:
    """Brand, contact, legal data, language, zone, hours and policy; the same in live and test mode."""
    async with begin.reading(caller.scope) as tx:
        row = await storefront(tx)
    response.headers["ETag"] = etag(row.version)
    return storefront_of(row)


@router.patch("", summary="Change the storefront", responses=problems(PreconditionFailed, RetentionTooShort))
async def update_storefront(
    change: StorefrontChange, caller: AdminCaller, begin: BeginDep, now: NowDep, known: KnownDep, shops: ShopsDep
) -> Storefront:
    """Messages that have not been rendered yet show the new data; clocks that run already keep their due time."""
    async with begin(caller.scope) as tx:
        row = await change_storefront(tx, change, actor=caller.actor, if_match=known.if_match, now=now)
    shops.forget(row.id)
    known.tell(row.version)
    return storefront_of(row)
