"""Whether an order names what the shop sells, and at its price (SOP 4.1, accuracy): for shops whose policy asks."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from tidings.kit.db import Begin
from tidings.kit.fields import ONE_LINE
from tidings.kit.scope import Scope
from tidings.orders.findings import Findings
from tidings.orders.load import order_by_id
from tidings.orders.ports import Article, Catalogue
from tidings.orders.schemas import PlaceLine
from tidings.orders.told import posted_form
from tidings.storefronts.rules import ShopRules

_SKU: Final = re.compile(ONE_LINE)
_LONGEST_SKU: Final = 100


def has_catalogue(shop: ShopRules) -> bool:
    """Whether this shop's orders are checked against what it sells; all others pay nothing for it."""
    return shop.policy.verification.accuracy != "none"


async def known_articles(catalogue: Catalogue, scope: Scope, orders: Iterable[Any]) -> Mapping[str, Article]:
    """Those articles of these orders (parsed JSON, sound or not) that the shop sells; one question for all."""
    wanted = sorted({sku for order in orders for sku in _skus(order)})
    return (await catalogue.articles({scope: wanted})).get(scope, {})


async def articles_of_body(catalogue: Catalogue, scope: Scope, body: bytes) -> Mapping[str, Article]:
    """The same of one order as it was posted."""
    order = None
    # What is no JSON is refused by the check itself.
    with suppress(ValueError):
        order = from_json(body)
    return await known_articles(catalogue, scope, [order])


async def articles_of_change(
    catalogue: Catalogue, begin: Begin, scope: Scope, order_id: UUID | None, patch: Mapping[str, Any]
) -> Mapping[str, Article]:
    """The same of an order that is there, and of what is to be changed in it.

    Raises:
        NotFound: there is no such order.
    """
    async with begin.reading(scope) as tx:
        order = await order_by_id(tx, order_id)
        before = posted_form(order.row, order.lines)
    return await known_articles(catalogue, scope, [before, patch])


def _skus(order: Any) -> Iterator[str]:
    lines = order.get("lines") if isinstance(order, Mapping) else None
    for line in lines if isinstance(lines, list) else ():
        sku = line.get("sku") if isinstance(line, Mapping) else None
        if isinstance(sku, str) and len(sku) <= _LONGEST_SKU and _SKU.match(sku) and sku.isprintable():
            yield sku.strip()


def check_articles(lines: Sequence[PlaceLine] | None, articles: Mapping[str, Article], findings: Findings) -> None:
    """Report what is not sold, not sold any more, or sold at another price; it may come right later."""
    for n, line in enumerate(lines or ()):
        article = articles.get(line.sku or "")
        if article is None:
            # Services are done, and lie in no store.
            if line.sku and line.kind != "service":
                findings.lacks(f"/lines/{n}/sku", "is not an article of this storefront")
        elif article.is_discontinued:
            findings.lacks(f"/lines/{n}/sku", "is not sold any more")
        elif line.unit_price is not None and _differs(line, article):
            findings.lacks(f"/lines/{n}/unit_price", f"is not its price, {article.unit_price} {article.currency}")


def _differs(line: PlaceLine, article: Article) -> bool:
    if article.unit_price is None or line.unit_price is None:
        return False
    return (line.unit_price.amount, line.unit_price.currency) != (article.unit_price, article.currency)
