"""Asks the shop's catalogue about the articles that orders name, before they are checked against it (accuracy.py)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from tidings.kit.db import Begin
from tidings.kit.scope import Scope
from tidings.orders.load import order_by_id
from tidings.orders.ports import Article, Catalogue
from tidings.orders.told import posted_form

# What no article is called: nothing that the order's own check would not refuse, and nothing that no database takes.
_NAME: Final = re.compile("[^\x00-\x1f\x7f\ud800-\udfff]{1,100}")


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
        if isinstance(sku, str) and _NAME.fullmatch(sku.strip()):
            yield sku.strip()
