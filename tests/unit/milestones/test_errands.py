"""Which errands a fact leaves at which shop."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.milestones.test_follow import NOW, SCOPE, fact
from tidings.milestones.errands import errands_of
from tidings.milestones.facts import FactKind
from tidings.milestones.table import ERRANDS
from tidings.storefronts.policy import Policy

PARCEL = '{"order":{},"shipment":{"lines":[{"line":1,"sku":"TEA","name":"Tea","quantity":2}]}}'


def policy(**parts: Any) -> Policy:
    return Policy.model_validate(parts)


def left(kind: FactKind, **parts: Any) -> dict[str, timedelta]:
    """Kinds of errands, and after which wait they are due."""
    return {errand.kind: errand.due_at - NOW for errand in errands_of(fact(kind, snapshot=PARCEL), policy(**parts))}


def test_intake_leaves_nothing_where_the_policy_is_empty() -> None:
    assert left("order.placed") == left("order.made_complete") == {}


@pytest.mark.parametrize("kind", ["order.placed", "order.made_complete"])
def test_a_received_order_is_verified_as_the_shop_wants_it(kind: FactKind) -> None:
    assert left(kind, verification={"payment": "provider"}) == {"check_payment": timedelta()}
    for stock in ("ledger", "provider"):
        assert left(kind, verification={"stock": stock}) == {"check_stock": timedelta()}


def test_an_unpaid_order_is_looked_at_when_its_time_is_over() -> None:
    assert left("order.placed", unpaid_expires_after_hours=48) == {"expire_unpaid": timedelta(hours=48)}


def test_a_delivered_order_is_closed_so_many_days_later_at_once_or_by_hand() -> None:
    assert left("shipment.delivered") == {}
    assert left("shipment.delivered", completes_after_days=14) == {"close_order": timedelta(days=14)}
    assert left("shipment.delivered", completes_after_days=0) == {"close_order": timedelta()}


def test_the_ledger_hears_of_what_left_and_of_what_will_not() -> None:
    ledger = {"verification": {"stock": "ledger"}}
    assert set(left("shipment.dispatched", **ledger)) == {"commit_stock", "review_changes"}
    assert set(left("order.cancelled", **ledger)) >= {"release_stock", "review_changes", "refund_cancelled"}
    assert set(left("shipment.dispatched")) == {"review_changes"}


def test_what_left_is_told_as_it_was_at_that_moment() -> None:
    errands = errands_of(fact("shipment.dispatched", snapshot=PARCEL), policy(verification={"stock": "ledger"}))
    assert [errand.data for errand in errands if errand.kind == "commit_stock"] == [
        {"goods": [{"sku": "TEA", "quantity": 2}]}
    ]


def test_a_payment_is_looked_at_where_any_method_is_not_left_to_people() -> None:
    for methods, expected in (({"invoice": "agreed"}, True), ({"card": "provider"}, True), ({"card": "manual"}, False)):
        assert bool(left("order.placed", verification={"payment_by_method": methods})) is expected


def test_an_errand_says_whose_it_is_and_about_what() -> None:
    told = fact("order.cancelled", subject="ord_1")
    for errand in errands_of(told, Policy()):
        assert (errand.storefront_id, errand.mode, errand.order_id) == (SCOPE.storefront_id, "live", told.order_id)
        assert errand.subject == "ord_1"


def test_every_kind_of_the_table_has_its_wait() -> None:
    everything = {
        "verification": {"payment": "provider", "stock": "ledger"},
        "unpaid_expires_after_hours": 1,
        "completes_after_days": 1,
        "feedback": {"ask_after_days": 1},
    }
    for kind, kinds in ERRANDS.items():
        told = fact(kind, snapshot=PARCEL, data={"status": "delivered"})
        assert {errand.kind for errand in errands_of(told, policy(**everything))} == set(kinds)


@pytest.mark.parametrize(("status", "is_closed"), [("delivered", True), ("partially_delivered", False)])
def test_a_change_by_which_an_order_is_delivered_has_it_closed_in_time(status: str, *, is_closed: bool) -> None:
    told = fact("order.changed", subject="ord_1", data={"status": status})
    errands = errands_of(told, policy(completes_after_days=7))
    assert [(errand.kind, errand.subject, errand.due_at - NOW) for errand in errands] == (
        [("close_order", "ord_1", timedelta(days=7))] if is_closed else []
    )


def test_a_completed_orders_customer_is_asked_so_many_days_later_or_not_at_all() -> None:
    assert set(left("order.closed")) == {"review_changes"}
    assert left("order.closed", feedback={"ask_after_days": 5})["ask_feedback"] == timedelta(days=5)
