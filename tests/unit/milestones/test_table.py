"""The milestone table is whole: what it names exists, and nothing is told without a template."""

from datetime import timedelta
from pathlib import Path

import tidings.templates
from tidings.milestones.facts import FACT_KINDS
from tidings.milestones.table import CLOCKS_STARTED_EARLY, MILESTONES, TABLE, TASKS, milestones_of
from tidings.storefronts.kinds import CHANNELS
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


def test_clocks_that_start_early_belong_to_promises_with_a_time() -> None:
    assert all(TABLE[milestone].within is not None for milestone in CLOCKS_STARTED_EARLY.values())


def test_every_task_kind_says_what_to_do() -> None:
    assert set(TASKS.values()) <= set(TASK_KINDS)
    assert set(SUMMARIES) == set(TASK_KINDS)
