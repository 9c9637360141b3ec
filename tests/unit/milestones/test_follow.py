"""What follows from a fact, as rows."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.milestones.test_plan import party
from tidings.kit.ids import new_id, wire
from tidings.kit.scope import Scope
from tidings.milestones.facts import Fact, FactKind
from tidings.milestones.follow import clocks_of, consequences
from tidings.storefronts.policy import Policy, Verification
from tidings.storefronts.rules import ShopRules

NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
SCOPE = Scope(new_id(), "live")
SHOP = ShopRules(
    SCOPE.storefront_id, "s", "S", "de", "Europe/Berlin", "EUR", frozenset(),
    calendar={"hours": {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]}},
)  # fmt: skip


def fact(kind: FactKind, **changes: Any) -> Fact:
    order_id = new_id()
    known: dict[str, Any] = {
        "kind": kind, "scope": SCOPE, "order_id": order_id, "order_seq": 1, "subject": wire("ord", order_id),
        "at": NOW, "actor": "tests", "snapshot": '{"order":{}}', "party": party(), "data": {"x": 1},
    }  # fmt: skip
    return Fact(**(known | changes))


def rows_of(*facts: Fact, shop: ShopRules = SHOP) -> dict[str, list[Any]]:
    made = consequences(facts, {SCOPE.storefront_id: shop})
    return {table.name: rows for table, rows in made.by_table.items() if rows}


def test_a_placed_order_owes_record_event_message_work_and_clock() -> None:
    rows = rows_of(fact("order.placed"))
    assert set(rows) == {"records", "events", "messages", "outbox", "deadlines"}
    assert rows["messages"][0]["dedupe_key"] == rows["deadlines"][0]["dedupe_key"]
    assert rows["outbox"][0]["id"] == rows["messages"][0]["id"]


def test_the_clock_runs_in_the_shops_business_time() -> None:
    """17:30 in Berlin, closing at 18:00: half an hour today, half an hour tomorrow."""
    due = rows_of(fact("order.placed"))["deadlines"][0]["due_at"]
    assert due == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_many_facts_are_rows_of_the_same_few_tables() -> None:
    rows = rows_of(*(fact("order.placed") for _ in range(5)))
    assert {name: len(many) for name, many in rows.items()} == dict.fromkeys(
        ("records", "events", "messages", "outbox", "deadlines"), 5
    )


def test_whoever_is_not_to_be_notified_is_owed_nothing() -> None:
    assert set(rows_of(fact("order.placed", party=party(notify=False)))) == {"records", "events"}


def test_a_customer_whom_nothing_reaches_gets_no_message_but_the_clock_runs() -> None:
    nobody = party(email=None, phone=None, devices=[])
    assert set(rows_of(fact("order.left_incomplete", party=nobody))) == {"records", "events", "deadlines", "tasks"}


def test_completing_an_order_does_not_start_its_clock_a_second_time() -> None:
    assert clocks_of(fact("order.left_incomplete")) == ("order_confirmation",)
    assert clocks_of(fact("order.made_complete")) == ()
    assert clocks_of(fact("order.placed")) == ("order_confirmation",)


def test_the_record_names_the_messages_and_holds_no_personal_data() -> None:
    rows = rows_of(fact("order.placed"))
    data = json.loads(rows["records"][0]["data"])
    assert data["messages"] == [{"message": wire("msg", rows["messages"][0]["id"]), "milestone": "order_confirmation"}]
    assert "example.com" not in rows["records"][0]["data"]
    assert "Ada" not in rows["records"][0]["data"]


@pytest.mark.parametrize("kind", ["note.written", "payment.checked", "shipment.moved"])
def test_facts_that_nobody_is_told_about_are_recorded_all_the_same(kind: FactKind) -> None:
    assert set(rows_of(fact(kind))) == {"records", "events"}


def test_a_milestone_that_another_message_tells_owes_none_and_starts_no_clock() -> None:
    untold = fact("issue.opened", untold=frozenset({"issue_notification"}))
    assert set(rows_of(untold)) == {"records", "events"}
    assert {"messages", "deadlines"} <= set(rows_of(fact("issue.opened")))


def test_the_shop_decides_which_milestones_its_customers_are_told_of() -> None:
    quiet = replace(SHOP, policy=Policy(not_told=("order_processing", "order_dispatched")))
    for kind, is_told in (("processing.started", False), ("shipment.dispatched", False), ("order.placed", True)):
        assert ("messages" in rows_of(fact(kind), shop=quiet)) is is_told, kind
        assert "records" in rows_of(fact(kind), shop=quiet)


def test_how_soon_a_customer_is_told_of_an_issue_is_the_shops_to_say() -> None:
    assert rows_of(fact("issue.opened"))["deadlines"][0]["due_at"] == NOW + timedelta(minutes=30)
    slow = replace(SHOP, policy=Policy(issue_told_within_minutes=20))
    assert rows_of(fact("issue.opened"), shop=slow)["deadlines"][0]["due_at"] == NOW + timedelta(minutes=20)


def test_a_request_starts_both_its_clocks_one_in_business_time_and_one_that_always_runs() -> None:
    due = {row["kind"]: row["due_at"] for row in rows_of(fact("change.requested"))["deadlines"]}
    assert due == {
        "change_acknowledged": datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
        "change_decided": NOW + timedelta(hours=24),
    }


def test_what_recurs_is_owed_again_for_each_fact_and_the_same_fact_once() -> None:
    first, second = fact("shipment.excepted", subject="shp_1"), fact("shipment.excepted", subject="shp_1", order_seq=4)
    keys = [row["dedupe_key"] for row in rows_of(first, second)["messages"]]
    assert keys == ["delivery_exception:shp_1.1:1", "delivery_exception:shp_1.4:1"]


def test_errands_are_written_with_their_fact() -> None:
    verified = replace(SHOP, policy=Policy(verification=Verification(payment="provider")))
    (errand,) = rows_of(fact("order.placed"), shop=verified)["errands"]
    assert (errand["kind"], errand["due_at"]) == ("check_payment", NOW)
    assert "errands" not in rows_of(fact("order.placed"))


def test_a_message_goes_stale_after_its_validity() -> None:
    message = rows_of(fact("shipment.dispatched"))["messages"][0]
    assert message["valid_until"] == NOW + timedelta(hours=72)
    assert message["priority"] == 30
