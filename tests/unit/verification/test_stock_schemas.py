import pytest
from pydantic import ValidationError

from tests.clock import FixedClock
from tidings.kit.ids import new_id, wire
from tidings.verification.stock_schemas import MovementToTell, movement_of, stock_of
from tidings.verification.tables import StockMovementRow, StockRow

NOW = FixedClock().now()


def test_an_article_says_how_much_can_still_be_sold() -> None:
    row = StockRow(storefront_id=new_id(), mode="test", sku="TEA", on_hand=5, reserved=3, is_discontinued=False,
                   unit_price=1200, currency="EUR", version=7, updated_at=NOW)  # fmt: skip
    told = stock_of(row)
    assert (told.available, told.unit_price and told.unit_price.amount) == (2, 1200)
    row.unit_price = row.currency = None
    assert stock_of(row).unit_price is None


def test_a_movement_says_for_which_order_it_was() -> None:
    order = new_id()
    row = StockMovementRow(storefront_id=new_id(), id=new_id(), mode="test", sku="TEA", kind="reserved", quantity=3,
                           order_id=order, reason=None, actor="system", at=NOW)  # fmt: skip
    assert movement_of(row).order_id == wire("ord", order)
    row.order_id = None
    assert movement_of(row).order_id is None


def test_only_what_was_counted_may_be_nothing() -> None:
    assert MovementToTell(kind="counted", quantity=0, reason=None).quantity == 0
    for kind in ("received", "returned"):
        with pytest.raises(ValidationError, match="one or more"):
            MovementToTell(kind=kind, quantity=0, reason=None)  # type: ignore[arg-type]
