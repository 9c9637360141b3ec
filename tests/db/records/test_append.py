"""Lines are added to the trail, and never changed."""

import json
from typing import Any

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.records.append import Entry, append


def entry(shop: Shop, clock: FixedClock, **more: Any) -> Entry:
    told = {"mode": "test", "kind": "thing.made", "subject": "thing", "actor": "tests", "order_id": None} | more
    return Entry(storefront_id=shop.id, at=clock.now(), **told)


async def test_what_happened_is_told_with_who_and_when(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    order = new_id()
    async with begin(shop.scope) as tx:
        await append(tx, entry(shop, clock, data={"n": 1}), entry(shop, clock, order_id=order, mode=None))
    async with begin.reading(shop.scope) as tx:
        first, second = await tx.raw.fetch("SELECT *, data::text AS told FROM records ORDER BY id")
    assert (first["order_id"], first["mode"], json.loads(first["told"])) == (shop.id, "test", {"n": 1})
    assert (first["actor"], first["at"], first["kind"]) == ("tests", clock.now(), "thing.made")
    assert (second["order_id"], second["mode"]) == (order, None)


@pytest.mark.parametrize("change", ["UPDATE records SET actor = 'nobody'", "DELETE FROM records", "TRUNCATE records"])
async def test_nobody_changes_the_trail(
    begin: Begin, worker_begin: Begin, owner_database_url: str, clock: FixedClock, shop: Shop, change: str
) -> None:
    async with begin(shop.scope) as tx:
        await append(tx, entry(shop, clock))
    for opened in (begin, worker_begin):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with opened.across() as tx:
                await tx.raw.execute(change)
    owner = await asyncpg.connect(owner_database_url)
    try:
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(change)
    finally:
        await owner.close()
