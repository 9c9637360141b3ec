"""The whole matrix: every status with every step."""

import pytest

from tidings.templates.stored.states import NEXT_OF_TEMPLATE, TEMPLATE_STATUSES

WAYS = {
    ("draft", "in_review"): "submit",
    ("draft", "retired"): "discard",
    ("in_review", "draft"): "reject",
    ("in_review", "published"): "publish",
    ("in_review", "retired"): "discard",
    ("published", "retired"): "retire",
}


@pytest.mark.parametrize("before", TEMPLATE_STATUSES)
@pytest.mark.parametrize("after", TEMPLATE_STATUSES)
def test_a_version_goes_these_ways_and_no_other(before, after):
    assert NEXT_OF_TEMPLATE[before].get(after) == WAYS.get((before, after))


def test_nothing_is_published_without_a_review():
    assert [before for before, ways in NEXT_OF_TEMPLATE.items() if "published" in ways] == ["in_review"]
