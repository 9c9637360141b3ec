"""Messages that are owed."""

import json
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tidings.delivery.owe import Owed, clock_key, dedupe_key, lane_of, message_row, owed_rows, same_clock, subject_in
from tidings.delivery.tables import MessageRow
from tidings.kit.ids import new_id
from tidings.outbox.tables import OutboxRow
from tidings.storefronts.kinds import MILESTONES, STAFF_MILESTONES

PLAN = [{"channel": "sms", "to": "+15005550101"}, {"channel": "email", "to": "ada@example.com"}]


def owed(**changes: object) -> Owed:
    now = FixedClock().now()
    usual: dict[str, object] = {
        "storefront_id": new_id(), "mode": "test", "order_id": new_id(), "id": new_id(),
        "milestone": "order_confirmation", "subject": "ord_1", "occurrence": 1, "order_seq": 4, "priority": 10,
        "plan": PLAN, "locale": "de-DE", "time_zone": "Europe/Berlin", "created_at": now,
        "valid_until": now + timedelta(hours=72),
    }  # fmt: skip
    return Owed(**usual | changes)  # type: ignore[arg-type]


def test_a_message_starts_at_the_first_step_of_its_plan_untried() -> None:
    row = message_row(owed())
    assert (row["channel"], row["recipient"], row["step"]) == ("sms", "+15005550101", 0)
    assert (row["status"], row["attempts"], row["tries"], row["refused_by"]) == ("pending", 0, 0, "[]")
    assert json.loads(row["plan"]) == PLAN


def test_a_message_is_the_only_one_of_its_milestone_subject_and_occurrence() -> None:
    keys = {
        message_row(owed(**changes))["dedupe_key"]
        for changes in ({}, {"occurrence": 2}, {"subject": "shp_1"}, {"milestone": "order_dispatched"})
    }
    assert len(keys) == 4
    assert message_row(owed())["dedupe_key"] == message_row(owed())["dedupe_key"]


@pytest.mark.parametrize("occurrence", [1, 2, 17])
def test_a_resend_keeps_the_promise_that_its_first_occurrence_made(occurrence: int) -> None:
    assert clock_key(dedupe_key("order_confirmation", "ord_1", occurrence)) == "order_confirmation:ord_1:1"


def test_a_key_tells_what_its_message_is_about() -> None:
    assert subject_in("order_updated:ord_1.7:1") == subject_in("order_confirmation:ord_1:2") == "ord_1"


def test_staff_has_a_lane_of_its_own() -> None:
    assert {milestone for milestone in MILESTONES if lane_of(milestone) == "staff"} == STAFF_MILESTONES
    assert lane_of("order_confirmation") == "customer"


def test_a_message_is_written_with_the_work_of_sending_it() -> None:
    message = owed()
    rows = owed_rows([message])
    assert list(rows.by_table) == [MessageRow.__table__, OutboxRow.__table__]
    (work,) = rows.by_table[OutboxRow.__table__]
    assert (work["id"], work["order_id"], work["queue"]) == (message.id, message.order_id, "sms")
    assert (work["priority"], work["order_seq"]) == (10, 4)


def test_messages_that_stop_the_same_clock_are_told_by_how_their_keys_begin() -> None:
    stem = same_clock(dedupe_key("order_confirmation", "ord_1", 1))
    assert dedupe_key("order_confirmation", "ord_1", 12).startswith(stem)
    assert not dedupe_key("order_confirmation", "ord_12", 1).startswith(stem)
