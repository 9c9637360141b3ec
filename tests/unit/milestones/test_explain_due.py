"""Why a promise is due when it is."""

from datetime import UTC, datetime, timedelta

from tidings.milestones.explain_due import RulesThen, explain_due
from tidings.storefronts.policy import Policy

# A Monday, 17:30 in Berlin.
START = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
RULES = RulesThen(
    7, "Europe/Berlin", {"hours": {"mon": [["09:00", "18:00"]], "wed": [["09:00", "18:00"]]}},
    Policy(issue_told_within_minutes=45),
)  # fmt: skip


def test_business_time_is_told_by_its_stretches_and_closed_days() -> None:
    told = explain_due("issue_notification", START, RULES)
    assert (told.rule.within_minutes, told.rule.basis, told.rule_book_version) == (45, "business", 7)
    assert [counted.minutes for counted in told.counted] == [30, 15]
    assert [(day.on.day, day.why) for day in told.left_out] == [(24, "closed")]
    assert told.due_at.isoformat() == "2026-11-25T09:15:00+01:00"


def test_elapsed_time_is_one_stretch_whatever_the_calendar() -> None:
    told = explain_due("change_decided", START, RULES)
    assert told.rule.basis == "elapsed"
    assert [counted.minutes for counted in told.counted] == [24 * 60]
    assert told.left_out == []
    assert told.due_at - START == timedelta(hours=24)
