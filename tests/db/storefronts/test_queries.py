"""Reads stay within one storefront and mode, and lists end."""

from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin, Scope
from tidings.kit.ids import new_id
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import InvalidInput, NotFound
from tidings.storefronts.issue_key import IssueKey, issue_key
from tidings.storefronts.queries import (
    all_storefronts,
    connection_by_id,
    key_by_id,
    keys_page,
    storefront,
    storefront_by_slug,
)


async def test_a_list_is_read_to_its_end_in_stretches_newest_first(
    begin: Begin, clock: FixedClock, shop: Shop, other_shop: Shop
) -> None:
    for n in range(4):
        async with begin(shop.scope) as tx:
            wanted = IssueKey(name=str(n), principal="p", scopes=("orders",))
            await issue_key(tx, wanted, actor="a", now=clock.advance(timedelta(seconds=n % 2)))
    names, cursor = [], None
    for stretch in (2, 2, 1):
        async with begin.reading(shop.scope) as tx:
            page = await keys_page(tx, Window(limit=2, after=None if cursor is None else decode_cursor(cursor)))
        assert len(page.items) == stretch
        names += [row.name for row in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert names == ["3", "2", "1", "0", "test key"]


async def test_a_foreign_cursor_is_refused(begin: Begin, shop: Shop) -> None:
    with pytest.raises(InvalidInput):
        async with begin.reading(shop.scope) as tx:
            await keys_page(tx, Window(after=("yesterday", 7)))


async def test_what_is_not_there_is_not_found(begin: Begin, shop: Shop) -> None:
    async with begin.reading(shop.scope) as tx:
        for read in (key_by_id, connection_by_id):
            for nothing in (None, new_id()):
                with pytest.raises(NotFound):
                    await read(tx, nothing)
    async with begin.reading(Scope(new_id(), "live")) as tx:
        with pytest.raises(NotFound):
            await storefront(tx)


async def test_storefronts_are_found_by_name(begin: Begin, shop: Shop, other_shop: Shop) -> None:
    async with begin.across() as tx:
        assert (await storefront_by_slug(tx, "teahouse")).id == shop.id
        assert await storefront_by_slug(tx, "nobody") is None
        assert [row.slug for row in await all_storefronts(tx)] == ["bookshop", "teahouse"]
