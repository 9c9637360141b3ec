"""The milestone table is whole: what it names exists, and nothing is told without a template."""

from datetime import timedelta
from pathlib import Path

import tidings.templates
from tidings.milestones.facts import FACT_KINDS
from tidings.milestones.table import CLOCKS, ERRANDS, MILESTONES, TABLE, TASKS, milestones_of
from tidings.outbox.kinds import ERRAND_KINDS
from tidings.storefronts.kinds import CHANNELS, STAFF_MILESTONES
from tidings.tasks.kinds import SUMMARIES, TASK_KINDS

FILES = Path(tidings.templates.__file__).parent / "files"


def test_every_milestone_has_its_row_and_its_template_folder() -> None:
    assert set(TABLE) == set(MILESTONES)
    assert [milestone for milestone in MILESTONES if not (FILES / milestone).is_dir()] == []


def test_rows_name_known_facts_channels_and_milestones() -> None:
    for promise in TABLE.values():
        assert set(promise.follows) <= set(FACT_KINDS)
        assert promise.channels
        assert set(promise.channels) <= set(CHANNELS)
        assert set(promise.supersedes) <= set(MILESTONES)
        assert promise.valid_for > (promise.within or timedelta())


def test_the_confirmation_is_promised_within_one_business_hour_as_the_sop_demands() -> None:
    assert TABLE["order_confirmation"].within == timedelta(hours=1)


def test_a_fact_reaches_its_milestones() -> None:
    assert milestones_of("order.placed") == ("order_confirmation",)
    assert milestones_of("note.written") == ()


def test_every_promise_with_a_time_has_a_fact_that_starts_its_clock_and_no_other_has() -> None:
    assert set(CLOCKS) <= set(FACT_KINDS)
    assert {milestone for started in CLOCKS.values() for milestone in started} == {
        milestone for milestone in MILESTONES if TABLE[milestone].within is not None
    }


def test_the_clocks_are_the_procedures() -> None:
    assert {
        milestone: (TABLE[milestone].within, TABLE[milestone].basis)
        for started in CLOCKS.values()
        for milestone in started
    } == {
        "order_confirmation": (timedelta(hours=1), "business"),
        "issue_notification": (timedelta(minutes=30), "business"),
        "change_acknowledged": (timedelta(hours=1), "business"),
        "change_decided": (timedelta(hours=24), "elapsed"),
    }
    assert CLOCKS["change.requested"] == ("change_acknowledged", "change_decided")


def test_what_recurs_starts_no_clock_which_would_be_found_by_its_first_time_alone() -> None:
    assert not [milestone for milestone in MILESTONES if TABLE[milestone].recurs and TABLE[milestone].within]


def test_staff_is_warned_before_the_time_is_over() -> None:
    assert all(promise.warn_before < promise.within for promise in TABLE.values() if promise.within is not None)


def test_errands_are_left_by_known_facts_and_are_known_themselves() -> None:
    assert set(ERRANDS) <= set(FACT_KINDS)
    assert {kind for kinds in ERRANDS.values() for kind in kinds} <= set(ERRAND_KINDS)


def test_what_concerns_staff_alone_is_told_to_staff() -> None:
    assert {milestone for milestone in MILESTONES if TABLE[milestone].audience == "staff"} == STAFF_MILESTONES


def test_every_task_kind_says_what_to_do() -> None:
    assert set(TASKS.values()) <= set(TASK_KINDS)
    assert set(SUMMARIES) == set(TASK_KINDS)
