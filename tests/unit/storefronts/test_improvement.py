"""What a shop decides about feedback and reviews."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from tidings.storefronts.improvement import FeedbackRules, ReviewRules
from tidings.storefronts.policy import Policy


def test_by_default_customers_are_asked_in_the_completion_message_and_not_once_more() -> None:
    rules = Policy().feedback
    assert (rules.in_completion, rules.ask_after_days, rules.link_days, rules.task_up_to) == (True, None, 60, 2)


def test_by_default_a_review_has_thirty_days() -> None:
    rules = Policy().reviews
    assert (rules.due_within, rules.remind_before, rules.escalate_after) == (
        timedelta(days=30), timedelta(days=7), timedelta(days=7),
    )  # fmt: skip


def test_a_reminder_comes_before_the_end_and_after_the_opening() -> None:
    assert ReviewRules(due_within_days=8).remind_before_days == 7
    for days in (7, 8):
        with pytest.raises(ValidationError, match="nobody would be reminded"):
            ReviewRules(due_within_days=7, remind_before_days=days)


@pytest.mark.parametrize(
    "rules", [{"ask_after_days": -1}, {"link_days": 0}, {"task_up_to": 6}, {"ask": True}, {"in_completion": 1}]
)
def test_what_makes_no_sense_is_refused(rules: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FeedbackRules.model_validate(rules)
