import pytest

from tests.db.verification.store import Store
from tests.fixtures.facts import told
from tidings.kit.money import Money
from tidings.kit.problem import NotFound, PreconditionFailed
from tidings.verification.change_article import ChangeArticle, change_article
from tidings.verification.tables import StockRow

PRICE = Money(amount=1200, currency="EUR")


async def change(store: Store, sku: str = "TEA", **changes: object) -> StockRow:
    async with store.begin(store.shop.scope) as tx:
        command = ChangeArticle(sku, "staff/7", **changes)  # type: ignore[arg-type]
        return await change_article(tx, command, now=store.clock.now())


async def test_what_is_named_changes_and_the_numbers_stay(store: Store) -> None:
    await store.has(TEA=5)
    row = await change(store, is_discontinued=True)
    assert (row.is_discontinued, row.unit_price, row.on_hand, row.version) == (True, None, 5, 2)
    row = await change(store, unit_price=(PRICE,))
    assert (row.is_discontinued, row.unit_price, row.currency, row.version) == (True, 1200, "EUR", 3)
    row = await change(store, unit_price=(None,), is_discontinued=False)
    assert (row.is_discontinued, row.unit_price, row.currency, row.version) == (False, None, None, 4)


async def test_a_change_is_recorded_and_one_that_changes_nothing_is_none(store: Store) -> None:
    await store.has(TEA=5)
    for _ in range(2):
        row = await change(store, is_discontinued=True, unit_price=(PRICE,))
    assert row.version == 2
    found = await told(store.begin, "SELECT subject, actor, data ->> 'changed' AS changed FROM records")
    assert found == [{"subject": "TEA", "actor": "staff/7", "changed": '["is_discontinued", "unit_price"]'}]


async def test_what_the_ledger_does_not_know_is_not_changed(store: Store) -> None:
    with pytest.raises(NotFound):
        await change(store, is_discontinued=True)


async def test_nobody_overwrites_what_they_have_not_seen(store: Store) -> None:
    await store.has(TEA=5)
    with pytest.raises(PreconditionFailed):
        await change(store, is_discontinued=True, if_match='"7"')
    assert (await change(store, is_discontinued=True, if_match='"1"')).version == 2
