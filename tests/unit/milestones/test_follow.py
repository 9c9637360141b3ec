"""What follows from a fact, as rows."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.milestones.test_plan import party
from tidings.kit.ids import new_id, wire
from tidings.kit.scope import Scope
from tidings.milestones.facts import Fact, FactKind
from tidings.milestones.follow import clocks_of, consequences
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


def rows_of(*facts: Fact) -> dict[str, list[Any]]:
    made = consequences(facts, {SCOPE.storefront_id: SHOP})
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


def test_a_message_goes_stale_after_its_validity() -> None:
    message = rows_of(fact("shipment.dispatched"))["messages"][0]
    assert message["valid_until"] == NOW + timedelta(hours=72)
    assert message["priority"] == 30
