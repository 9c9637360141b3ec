"""Models of merge patches."""

import pytest
from pydantic import ValidationError

from tidings.storefronts.patches import patch_of
from tidings.storefronts.policy import Policy

PATCH = patch_of(Policy, "PolicyChange")


def test_every_part_may_be_left_out_or_taken_back_at_every_depth() -> None:
    given = {"desk": {"owner": None}, "changes": {"cancellation": {"until": "shipped"}}, "not_told": None}
    assert PATCH.model_validate(given).model_dump(mode="json", exclude_unset=True) == given
    assert PATCH.model_validate({}).model_dump(exclude_unset=True) == {}


def test_an_entry_of_a_mapping_is_taken_out_by_null() -> None:
    given = {
        "verification": {"payment_by_method": {"invoice": None, "cash": "agreed"}},
        "paperwork": {"series": {"invoice": None}},
    }
    assert PATCH.model_validate(given).model_dump(mode="json", exclude_unset=True) == given


@pytest.mark.parametrize(
    "given", [{"desk": {"boss": 1}}, {"changes": {"refund_days": 0}}, {"changes": {"refund_days": "3"}}, {"x": 1}]
)
def test_what_the_whole_does_not_know_the_patch_does_not_either(given: dict) -> None:
    with pytest.raises(ValidationError):
        PATCH.model_validate(given)
