from tests.fixtures.changes import decided_by
from tests.fixtures.orders import rules_of
from tests.fixtures.wishes import Desk
from tidings.changes.book import books_of, present_book


async def test_each_version_is_kept_as_it_was(desk: Desk) -> None:
    await decided_by(desk.begin, desk.shop, changes={"cancellation_fee": 1})
    await decided_by(desk.begin, desk.shop, changes={"cancellation_fee": 2})
    rules = await rules_of(desk.begin, desk.shop)
    async with desk.begin.reading(desk.shop.scope) as tx:
        assert (await present_book(tx, rules)).version == 3
        books = await books_of(tx, desk.shop.id, {2, 3})
        assert {version: book.policy.changes.cancellation_fee for version, book in books.items()} == {2: 1, 3: 2}
        assert await books_of(tx, desk.shop.id, []) == {}


async def test_a_shop_of_before_is_judged_by_what_it_has(desk: Desk) -> None:
    rules = await rules_of(desk.begin, desk.shop)
    async with desk.begin.reading(desk.shop.scope) as tx:
        assert (await present_book(tx, rules)).version == 1
        assert (await books_of(tx, desk.shop.id, [1]))[1].policy == rules.policy
