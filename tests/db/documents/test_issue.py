"""Numbers have no gaps, whoever takes them at once and whatever fails."""

import asyncio
import random

import asyncpg
import pytest

from tests.db.documents.desk import Desk
from tests.fixtures.facts import told
from tests.fixtures.shop import Shop
from tidings.documents.complete import complete_order
from tidings.orders.close import CloseOrder


class Fallen(Exception):
    """The process ends here."""


async def numbers(desk: Desk, kind: str = "invoice") -> list[int]:
    rows = await told(desk.begin, "SELECT number FROM documents WHERE kind = $1 ORDER BY number", kind)
    return [row["number"] for row in rows]


async def test_numbers_have_no_gaps_when_many_complete_at_once_and_some_fail(desk: Desk) -> None:
    orders = [await desk.delivered(f"D-{n}") for n in range(24)]
    dice = random.Random(7)
    failing = set(dice.sample(range(24), 9))

    async def complete(n: int) -> None:
        async with desk.begin(desk.shop.scope) as tx:
            await complete_order(tx, CloseOrder(orders[n], "shop"), now=desk.clock.now())
            if n in failing:
                raise Fallen

    outcomes = await asyncio.gather(*(complete(n) for n in range(24)), return_exceptions=True)
    assert [type(one) for one in outcomes if one is not None] == [Fallen] * 9
    assert await numbers(desk) == list(range(1, 16))
    assert await numbers(desk, "warranty") == list(range(1, 16))


async def test_each_shop_mode_and_series_counts_for_itself(desk: Desk, other_shop: Shop) -> None:
    await desk.complete(await desk.delivered())
    elsewhere = Desk(desk.begin, other_shop, desk.clock)
    assert (await elsewhere.complete(await elsewhere.delivered()))[0].row.name == "INV-000001"
    await desk.rule(series={"invoice": "RE-"})
    assert (await desk.complete(await desk.delivered("D-2")))[0].row.name == "RE-000001"
    rows = await told(desk.begin, "SELECT series, last FROM document_series ORDER BY storefront_id, series")
    assert sorted((row["series"], row["last"]) for row in rows) == [
        ("INV-", 1), ("INV-", 1), ("RE-", 1), ("WAR-", 1), ("WAR-", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("statement", ["UPDATE documents SET gross = 1", "DELETE FROM documents"])
async def test_a_document_is_never_changed(desk: Desk, statement: str) -> None:
    await desk.complete(await desk.delivered())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with desk.begin.across() as tx:
            await tx.raw.execute(statement)


async def test_all_that_it_is_made_from_is_kept_as_it_was(desk: Desk) -> None:
    order_id = await desk.delivered()
    await desk.complete(order_id)
    async with desk.begin.across() as tx:
        await tx.raw.execute("UPDATE storefronts SET legal = '{}', name = 'Other'")
        await tx.raw.execute("UPDATE order_lines SET name = 'Other'")
    await desk.make()
    data = desk.press.printed[0].data
    assert data["legal"][0] == "Teahouse GmbH"
    assert data["goods"]["rows"][0][0][0] == "Green tea 100 g"
