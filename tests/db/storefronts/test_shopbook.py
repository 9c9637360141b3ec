"""The shops' rules, kept for some seconds."""

import asyncio

import pytest

from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound
from tidings.storefronts.shopbook import ShopBook


async def rename(begin: Begin, shop: Shop, name: str) -> None:
    async with begin(shop.scope) as tx:
        await tx.raw.execute("UPDATE storefronts SET name = $1 WHERE id = $2", name, shop.id)


async def test_rules_are_kept_until_they_are_forgotten(begin: Begin, shop: Shop) -> None:
    book = ShopBook(begin, keep_seconds=60)
    assert book.kept(shop.id) is None
    assert (await book.of(shop.id)).name == "Teahouse"
    await rename(begin, shop, "Tea House")
    assert (await book.of(shop.id)).name == "Teahouse"
    book.forget(shop.id)
    assert (await book.of(shop.id)).name == "Tea House"


async def test_rules_that_are_not_kept_are_read_each_time(begin: Begin, shop: Shop) -> None:
    book = ShopBook(begin, keep_seconds=0)
    await book.of(shop.id)
    await rename(begin, shop, "Tea House")
    assert (await book.of(shop.id)).name == "Tea House"


class Counted(Begin):
    """Counts the transactions across storefronts."""

    opened = 0

    def across(self):
        self.opened += 1
        return super().across()


async def test_many_who_ask_at_once_are_answered_by_one_look(begin: Begin, shop: Shop) -> None:
    counted = Counted(begin.engine)
    book = ShopBook(counted, keep_seconds=60)
    found = await asyncio.gather(*(book.of(shop.id) for _ in range(20)))
    assert {rules.name for rules in found} == {"Teahouse"}
    assert counted.opened == 1


async def test_rules_tell_everything_that_intake_needs(begin: Begin, shop: Shop) -> None:
    rules = await ShopBook(begin).of(shop.id)
    assert (rules.storefront_id, rules.slug, rules.time_zone, rules.currency) == (
        shop.id, "teahouse", "Europe/Berlin", "EUR",
    )  # fmt: skip
    assert "web" in rules.sales_channels


async def test_a_shop_that_is_not_there_is_not_found(begin: Begin) -> None:
    with pytest.raises(NotFound):
        await ShopBook(begin).of(new_id())
