from tests.db.verification.store import Store
from tests.fixtures.facts import told
from tidings.orders.ports import Article
from tidings.verification.catalogue import LedgerCatalogue


async def test_it_knows_what_lies_in_the_ledger_of_each_shop_and_mode(store: Store) -> None:
    await store.has(TEA=0, POT=1)
    await told(store.begin, "UPDATE stock SET is_discontinued = true, unit_price = 500, currency = 'EUR'"
               " WHERE sku = 'POT' RETURNING sku")  # fmt: skip
    catalogue, here, live = LedgerCatalogue(store.begin), store.shop.scope, store.shop.live_scope
    found = await catalogue.articles({here: ["TEA", "POT", "ODD"], live: ["TEA"]})
    assert found == {
        here: {"TEA": Article("TEA"), "POT": Article("POT", is_discontinued=True, unit_price=500, currency="EUR")},
        live: {},
    }


async def test_a_batch_may_name_more_articles_than_a_statement_has_parameters(store: Store) -> None:
    await store.has(A=1)
    asked = ["A", *(f"N-{number}" for number in range(40_000))]
    found = await LedgerCatalogue(store.begin).articles({store.shop.scope: asked})
    assert list(found[store.shop.scope]) == ["A"]


async def test_about_nothing_nobody_is_asked(store: Store) -> None:
    assert await LedgerCatalogue(store.begin).articles({store.shop.scope: []}) == {store.shop.scope: {}}
