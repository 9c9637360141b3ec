import pytest

from tidings.kit.problem import PreconditionFailed
from tidings.orders.errors import PreconditionRequired
from tidings.orders.precondition import check_precondition, is_named


@pytest.mark.parametrize("header", ['"3"', '"2", "3"', "*", 'W/"3"', ' "3" '])
def test_the_version_at_hand_passes(header: str) -> None:
    check_precondition(header, 3)
    assert is_named(header, 3)


@pytest.mark.parametrize("header", ['"2"', "3", '"33"', '""', "x"])
def test_another_version_does_not_and_is_told_the_present_one(header: str) -> None:
    with pytest.raises(PreconditionFailed) as refusal:
        check_precondition(header, 3)
    assert refusal.value.headers == {"ETag": '"3"'}


@pytest.mark.parametrize("header", [None, "", "  "])
def test_a_change_without_a_version_is_refused(header: str | None) -> None:
    with pytest.raises(PreconditionRequired):
        check_precondition(header, 3)
