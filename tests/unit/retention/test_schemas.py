"""What may be asked for."""

import pytest
from pydantic import ValidationError

from tidings.retention.person import Meant
from tidings.retention.schemas import HoldToPlace, PersonAsked


def test_somebody_is_named_by_address_or_by_order() -> None:
    assert PersonAsked(email="a@example.com", phone="+4930901820").meant() == Meant("a@example.com", "+4930901820")
    assert PersonAsked(order_id="ord_1").meant() == Meant(order="ord_1")
    for given in ({}, {"email": "a@example.com", "order_id": "ord_1"}, {"email": "nobody"}):
        with pytest.raises(ValidationError):
            PersonAsked(**given)


def test_a_hold_names_what_it_reaches() -> None:
    assert HoldToPlace(reach="customer", order_id="ord_1", reason="why").meant() == Meant(order="ord_1")
    with pytest.raises(ValidationError, match="names nothing else"):
        HoldToPlace(reach="storefront", order_id="ord_1", reason="why")
