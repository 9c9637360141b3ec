import pytest
from pydantic import ValidationError

from tidings.orders.requests import Cancellation, SearchOrders


@pytest.mark.parametrize("wanted", [{"email": "a"}, {"phone": "1"}, {"name": "a"}, {"email": "a", "name": "b"}])
def test_a_search_names_somebody(wanted: dict[str, str]) -> None:
    assert SearchOrders.model_validate(wanted).limit == 50


@pytest.mark.parametrize("wanted", [{}, {"limit": 5}, {"email": None}, {"name": " "}, {"email": "a", "limit": 201}])
def test_a_search_for_nobody_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SearchOrders.model_validate(wanted)


def test_a_cancellation_says_why() -> None:
    with pytest.raises(ValidationError):
        Cancellation.model_validate({"reason": " "})
