"""The records of a storefront, as the tests of its verbs look at them."""

from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.page import Window
from tidings.records.read import Recorded, RecordFilter, records_after


async def trail(begin: Begin, shop: Shop, kind: str | None = None) -> list[Recorded]:
    async with begin.reading(shop.scope) as tx:
        return list((await records_after(tx, RecordFilter(kind=kind), Window(limit=200))).items)
