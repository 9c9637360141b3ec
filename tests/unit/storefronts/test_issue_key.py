"""Keys that are made, and keys that are given."""

import pytest

from tidings.kit.problem import InvalidInput
from tidings.storefronts.authenticate import is_key
from tidings.storefronts.issue_key import make_key, mode_of_key


def test_made_keys_name_their_mode_and_differ() -> None:
    keys = {make_key("live") for _ in range(100)}
    assert len(keys) == 100
    assert all(is_key(key) and mode_of_key(key) == "live" for key in keys)
    assert mode_of_key(make_key("test")) == "test"


@pytest.mark.parametrize("key", ["td_test_mine-own_key_0001", "td_test_" + "x" * 16])
def test_given_keys_are_taken(key: str) -> None:
    assert mode_of_key(key) == "test"


@pytest.mark.parametrize("key", ["", "mine", "td_test_short", "td_test_with blank inside", "td_test_" + "x" * 201])
def test_given_keys_that_are_none_are_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        mode_of_key(key)
