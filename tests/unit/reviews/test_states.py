"""The whole matrix of a review's states."""

from itertools import product

import pytest

from tidings.reviews.states import NEXT, REVIEW_STATUSES, ReviewStatus, may_become


def test_every_state_says_where_it_may_go() -> None:
    assert set(NEXT) == set(REVIEW_STATUSES)


@pytest.mark.parametrize(("status", "wanted"), [*product(REVIEW_STATUSES, REVIEW_STATUSES)])
def test_only_an_open_review_is_concluded_and_nothing_is_opened_again(
    status: ReviewStatus, wanted: ReviewStatus
) -> None:
    assert may_become(status, wanted) is ((status, wanted) == ("open", "concluded"))
