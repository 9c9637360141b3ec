from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound
from tidings.kit.scope import Scope
from tidings.orders.articles import articles_of_body, articles_of_change, known_articles
from tidings.orders.ports import Article

SCOPE = Scope(new_id(), "test")


class Everything:
    """A catalogue that has whatever is asked for, and remembers what was."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    async def articles(self, wanted: Mapping[Scope, Sequence[str]]) -> Mapping[Scope, Mapping[str, Article]]:
        self.asked += wanted.values()
        return {scope: {sku: Article(sku) for sku in skus} for scope, skus in wanted.items()}


def lines(*skus: Any) -> dict[str, Any]:
    return {"lines": [{"sku": sku} for sku in skus]}


async def test_many_orders_are_one_question() -> None:
    catalogue = Everything()
    found = await known_articles(catalogue, SCOPE, [lines("B", " A "), lines("A", "C")])
    assert (catalogue.asked, set(found)) == ([["A", "B", "C"]], {"A", "B", "C"})


@pytest.mark.parametrize(
    "order",
    [None, 7, [], "x", {}, {"lines": 7}, {"lines": None}, {"lines": [7, None, {}]}, lines(7, None, ["A"], 1.5),
     lines("", " ", "A" * 101, "A\x00", "A\n\nB", "\ud800")],
)  # fmt: skip
async def test_what_names_no_article_asks_about_none(order: object) -> None:
    catalogue = Everything()
    assert await known_articles(catalogue, SCOPE, [order]) == {}
    assert catalogue.asked == [[]]


@pytest.mark.parametrize(("body", "asked"), [(b'{"lines":[{"sku":"A"}]}', ["A"]), (b"[", []), (b"", []), (b"\xff", [])])
async def test_a_body_is_asked_about_as_far_as_it_can_be_read(body: bytes, asked: list[str]) -> None:
    catalogue = Everything()
    assert set(await articles_of_body(catalogue, SCOPE, body)) == set(asked)
    assert set(await articles_of_body(catalogue, SCOPE, b"[" * 100_000)) == set()


async def test_a_change_is_asked_about_with_the_order_as_it_is(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    complete = await placed(begin, shop, clock)
    incomplete = await placed(begin, shop, clock, order_body(number="W-2", payment=None))
    catalogue = Everything()
    for order_id in (complete, incomplete):
        await articles_of_change(catalogue, begin, shop.scope, order_id, lines("NEW"))
    own = [line["sku"] for line in order_body()["lines"]]
    assert catalogue.asked == [sorted({"NEW", *own})] * 2
    with pytest.raises(NotFound):
        await articles_of_change(catalogue, begin, shop.scope, new_id(), {})
