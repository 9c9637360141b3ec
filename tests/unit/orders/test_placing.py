"""What an order becomes."""

import json
from uuid import UUID

from tests.fixtures.orders import order_body
from tests.unit.orders.rules import NOW, good
from tidings.kit.scope import Scope
from tidings.orders.placing import Placing, item_of, status_of
from tidings.storefronts.rules import ShopRules

SHOP = UUID(int=1)
RULES = ShopRules(SHOP, "teahouse", "Teahouse", "de-DE", "Europe/Berlin", "EUR", frozenset({"web"}))


def placing(**more: object) -> Placing:
    return Placing(Scope(SHOP, "test"), RULES, good(), "shop", **more)  # type: ignore[arg-type]


def test_rows_answer_and_fact_tell_the_same_order() -> None:
    item = item_of(placing(key="k", fingerprint=b"f"), "W-1", NOW)
    answer, row = json.loads(item.body), item.storing.order
    assert (answer["number"], answer["status"]) == (row["number"], row["status"]) == ("W-1", "received")
    assert json.loads(item.fact.snapshot)["order"] == answer
    assert item.fact.order_id == row["id"]
    assert {line["order_id"] for line in item.storing.lines} == {row["id"]}
    assert item.storing.key is not None
    assert (item.storing.key["order_id"], item.storing.key["status"]) == (row["id"], 201)


def test_without_a_key_nothing_is_remembered() -> None:
    assert item_of(placing(), "W-1", NOW).storing.key is None


def test_what_lacks_something_is_answered_with_another_status() -> None:
    assert status_of(good()) == 201
    assert status_of(good(order_body(total=None), lenient=True)) == 202
