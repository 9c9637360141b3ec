"""What receipts do to a message, case by case and over the whole matrix."""

from datetime import UTC, datetime, timedelta
from itertools import permutations, product

import pytest

from tidings.delivery.aftermath import (
    ONCE_MORE_AFTER,
    GoesOn,
    Has,
    Lost,
    Place,
    Tried,
    Unmoved,
    aftermath,
    evidence,
)
from tidings.delivery.states import ATTEMPT_STATUSES, MESSAGE_STATUSES, AttemptStatus, MessageStatus

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TAKEN = {"accepted", "sent", "deferred"}


def place(status: MessageStatus = "sent", **changes: object) -> Place:
    usual: dict[str, object] = {
        "step": 0,
        "channel": "email",
        "has_work": False,
        "in_hands": False,
        "next_step": 1,
        "valid_until": NOW + timedelta(hours=1),
    }
    return Place(status, **{**usual, **changes})  # type: ignore[arg-type]


def tried(status: AttemptStatus, was: AttemptStatus = "accepted", number: int = 1, **more: object) -> Tried:
    return Tried(number, was, status, str(more.get("channel", "email")), bool(more.get("may_pass")))


def after(where: Place, *attempts: Tried) -> object:
    return aftermath(where, attempts, now=NOW)


@pytest.mark.parametrize(("status", "before"), list(product(ATTEMPT_STATUSES, MESSAGE_STATUSES)))
def test_whatever_a_message_was_an_arrival_is_told_and_the_ended_are_not_reopened(
    status: AttemptStatus, before: MessageStatus
) -> None:
    found = after(place(before), tried(status))
    if status == "delivered":
        assert found == (Unmoved() if before == "delivered" else Has("delivered"))
    elif status in TAKEN:
        assert found == (Unmoved() if before == "sent" else Has("sent"))
    elif before in {"failed", "superseded", "suppressed", "cancelled"}:
        assert found == Unmoved()
    elif status in {"started", "uncertain"}:
        assert found == (GoesOn(1, timedelta()) if before in {"sent", "delivered"} else Unmoved())
    else:
        assert found == GoesOn(1, timedelta())


@pytest.mark.parametrize("status", ["failed", "bounced"])
@pytest.mark.parametrize("before", ["sent", "delivered"])
def test_a_message_that_came_back_goes_on_to_its_next_channel(status: AttemptStatus, before: MessageStatus) -> None:
    assert after(place(before), tried(status)) == GoesOn(1, timedelta())


@pytest.mark.parametrize("status", ["failed", "bounced"])
def test_a_message_that_came_back_and_has_no_other_channel_is_lost(status: AttemptStatus) -> None:
    assert after(place(next_step=None), tried(status)) == Lost()


def test_a_stale_message_is_not_sent_on_another_channel() -> None:
    assert after(place(valid_until=NOW), tried("bounced")) == Lost()


def test_a_bounce_after_delivered_is_lost_without_another_channel() -> None:
    assert after(place("delivered", next_step=None), tried("bounced", "delivered")) == Lost()


def test_what_came_back_while_a_fallback_is_under_way_changes_nothing() -> None:
    attempts = (tried("bounced"), tried("started", "started", number=2, channel="sms"))
    assert after(place("sending", step=1, channel="sms", has_work=True, in_hands=True), *attempts) == Unmoved()


def test_what_came_back_after_a_fallback_was_accepted_changes_nothing() -> None:
    attempts = (tried("bounced"), tried("accepted", number=2, channel="sms"))
    assert after(place("sent", step=1, channel="sms"), *attempts) == Unmoved()


def test_an_attempt_that_arrives_after_all_ends_the_fallback_that_waits() -> None:
    attempts = (tried("delivered", "uncertain"), tried("failed", "failed", number=2, channel="sms"))
    assert after(place("sending", step=1, has_work=True), *attempts) == Has("delivered")


def test_work_left_over_by_a_message_that_has_arrived_is_taken_away() -> None:
    assert after(place("sent", has_work=True), tried("sent")) == Has("sent")


def test_a_receipt_of_the_uncertain_attempt_settles_it_without_waiting() -> None:
    waiting = place("sending", has_work=True)
    assert after(waiting, tried("sent", "uncertain")) == Has("sent")
    assert after(waiting, tried("bounced", "uncertain")) == GoesOn(1, timedelta())
    assert after(place("sending", has_work=True, next_step=None), tried("failed", "uncertain")) == Lost()


def test_a_failure_of_an_attempt_whose_answer_is_still_awaited_is_left_to_whoever_awaits_it() -> None:
    assert after(place("sending", has_work=True, in_hands=True), tried("bounced", "started")) == Unmoved()


def test_a_retry_that_waits_is_not_hurried_by_news_of_a_refusal_known_already() -> None:
    assert after(place("sending", has_work=True), tried("bounced", "failed")) == Unmoved()


def test_a_message_whose_only_attempt_is_uncertain_waits() -> None:
    assert after(place("sending", has_work=True), tried("uncertain", "uncertain")) == Unmoved()
    assert after(place("sending"), tried("uncertain", "uncertain")) == Unmoved()


def test_a_message_thought_sent_by_an_attempt_that_failed_goes_on_though_a_later_one_is_uncertain() -> None:
    attempts = (tried("failed"), tried("uncertain", "uncertain", number=2))
    assert after(place("sent"), *attempts) == GoesOn(1, timedelta())


def test_a_message_without_attempts_is_not_moved() -> None:
    assert after(place("pending", has_work=True)) == Unmoved()


def test_a_failure_that_may_pass_is_tried_once_more_where_there_is_no_other_channel() -> None:
    alone = place(next_step=None, channel="sms", step=2)
    first = tried("failed", channel="sms", may_pass=True)
    assert after(alone, first) == GoesOn(2, ONCE_MORE_AFTER)
    assert after(alone, first, tried("failed", number=2, channel="sms", may_pass=True)) == Lost()


def test_a_failure_that_may_pass_goes_to_the_next_channel_if_there_is_one() -> None:
    assert after(place(channel="sms"), tried("failed", channel="sms", may_pass=True)) == GoesOn(1, timedelta())


def test_a_failure_for_good_after_one_that_may_have_passed_is_not_tried_again() -> None:
    alone = place(next_step=None, channel="sms")
    attempts = (tried("failed", channel="sms", may_pass=True), tried("bounced", number=2, channel="sms"))
    assert after(alone, *attempts) == Lost()


def test_an_uncertain_attempt_says_nothing_once_another_has_followed_it() -> None:
    assert evidence([tried("uncertain"), tried("failed", number=2)]) == "failed"
    assert evidence([tried("failed"), tried("uncertain", number=2)]) == "sending"


def test_the_order_in_which_attempts_are_listed_does_not_matter() -> None:
    attempts = [
        tried("uncertain", "uncertain"),
        tried("bounced", number=2),
        tried("failed", number=3, channel="sms", may_pass=True),
    ]
    where = place(step=1, channel="sms", next_step=None)
    assert {repr(after(where, *order)) for order in permutations(attempts)} == {repr(GoesOn(1, ONCE_MORE_AFTER))}
