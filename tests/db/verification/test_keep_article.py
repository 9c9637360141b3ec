import pytest

from tests.db.verification.store import Store, line
from tidings.kit.money import Money
from tidings.kit.problem import PreconditionFailed
from tidings.verification.errors import StockReserved
from tidings.verification.keep_article import KeepArticle, keep_article
from tidings.verification.tables import StockRow

PRICE = Money(amount=1200, currency="EUR")


async def keep(store: Store, on_hand: int, **more: object) -> StockRow:
    usual: dict = {"sku": "TEA", "reason": None, "is_discontinued": False, "unit_price": None, "actor": "staff/7"}
    async with store.begin(store.shop.scope) as tx:
        return await keep_article(tx, KeepArticle(**{**usual, "on_hand": on_hand, **more}), now=store.clock.now())


async def test_an_article_is_kept_as_it_is_told_as_a_whole(store: Store) -> None:
    row = await keep(store, 5, unit_price=PRICE, is_discontinued=True)
    assert (row.on_hand, row.unit_price, row.is_discontinued) == (5, 1200, True)
    row = await keep(store, 4)
    assert (row.on_hand, row.unit_price, row.is_discontinued) == (4, None, False)
    assert await store.movements() == [("TEA", "counted", 5), ("TEA", "counted", -1)]


async def test_told_again_it_changes_nothing(store: Store) -> None:
    versions = [(await keep(store, 5, unit_price=PRICE)).version for _ in range(3)]
    assert versions == [2, 2, 2]
    assert len(await store.movements()) == 1


async def test_one_of_which_there_is_nothing_is_in_the_ledger_too(store: Store) -> None:
    assert (await keep(store, 0)).version == 1
    assert await store.stock() == {"TEA": (0, 0)}


async def test_fewer_than_are_promised_change_nothing_at_all(store: Store) -> None:
    await store.has(TEA=5)
    await store.order(line("TEA", 3))
    await store.work()
    with pytest.raises(StockReserved):
        await keep(store, 2, unit_price=PRICE)
    assert await store.stock() == {"TEA": (5, 3)}


async def test_nobody_overwrites_what_they_have_not_seen(store: Store) -> None:
    with pytest.raises(PreconditionFailed):
        await keep(store, 5, if_match='"1"')
    assert await store.stock() == {}
    await keep(store, 5)
    assert (await keep(store, 6, if_match='"1"')).version == 2
