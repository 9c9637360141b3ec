"""What a storefront decides for itself."""

import pytest
from pydantic import ValidationError

from tidings.storefronts.policy import Policy, policy_of


def test_an_empty_policy_has_defaults() -> None:
    assert policy_of({}) == Policy() == Policy(order_number_prefix="T-")


def test_what_is_stored_counts_and_what_a_later_version_stored_is_left_out() -> None:
    assert policy_of({"order_number_prefix": "W-", "from_tomorrow": 1}).order_number_prefix == "W-"


@pytest.mark.parametrize("prefix", ["", "-", "a b", "x" * 17, "Ä-"])
def test_a_prefix_is_short_and_plain(prefix: str) -> None:
    with pytest.raises(ValidationError):
        Policy(order_number_prefix=prefix)
