import dataclasses
import json
from typing import Any

import pytest

from tests.fixtures.orders import order_body
from tests.unit.orders.rules import NOW, SHOP
from tidings.orders.accuracy import check_articles, has_catalogue
from tidings.orders.check import check
from tidings.orders.checked import CheckedOrder
from tidings.orders.findings import Findings
from tidings.orders.ports import Article
from tidings.orders.schemas import PlaceLine
from tidings.storefronts.policy import Policy

EUR = {"amount": 500, "currency": "EUR"}
LINE = {"sku": "TEA", "name": "Tea", "quantity": 1, "unit_price": EUR}


def found(line: dict[str, Any], **articles: Article) -> list[str]:
    findings = Findings()
    check_articles([PlaceLine.model_validate(LINE | line)], articles, findings)
    assert findings.wrong == []
    return [f"{fault.pointer} {fault.detail}" for fault in findings.missing]


@pytest.mark.parametrize(
    ("line", "article", "fault"),
    [
        ({}, Article("TEA"), None),
        ({}, Article("TEA", unit_price=500, currency="EUR"), None),
        ({}, Article("TEA", unit_price=600, currency="EUR"), "/lines/0/unit_price is not its price, 600 EUR"),
        ({}, Article("TEA", unit_price=500, currency="USD"), "/lines/0/unit_price is not its price, 500 USD"),
        ({}, Article("TEA", is_discontinued=True), "/lines/0/sku is not sold any more"),
        ({"sku": "ODD"}, Article("TEA"), "/lines/0/sku is not an article of this storefront"),
        ({"sku": "ODD", "kind": "service"}, Article("TEA"), None),
        ({"kind": "service"}, Article("TEA", is_discontinued=True), "/lines/0/sku is not sold any more"),
        ({"sku": None}, Article("TEA"), None),
        ({"unit_price": None}, Article("TEA", unit_price=600, currency="EUR"), None),
    ],
)
def test_a_line_names_what_is_sold_at_its_price(line: dict[str, Any], article: Article, fault: str | None) -> None:
    assert found(line, TEA=article) == ([] if fault is None else [fault])


def test_an_order_without_lines_lacks_them_and_nothing_more() -> None:
    findings = Findings()
    check_articles(None, {}, findings)
    assert findings.missing == []


def test_only_a_shop_that_asks_for_it_has_a_catalogue() -> None:
    assert not has_catalogue(SHOP)
    exact = Policy.model_validate({"verification": {"stock": "ledger", "accuracy": "ledger"}})
    assert has_catalogue(dataclasses.replace(SHOP, policy=exact))


def test_without_a_catalogue_anything_may_be_ordered_and_with_one_it_is_held_to_it() -> None:
    raw = json.dumps(order_body()).encode()
    assert isinstance(check(raw, SHOP, "test", NOW, lenient=False), CheckedOrder)
    faults = check(raw, SHOP, "test", NOW, lenient=False, articles={})
    assert isinstance(faults, list)
    assert {fault.pointer for fault in faults} == {"/lines/0/sku"}
    lenient = check(raw, SHOP, "test", NOW, lenient=True, articles={})
    assert isinstance(lenient, CheckedOrder)
    assert lenient.status == "incomplete"
