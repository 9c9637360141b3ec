from decimal import Decimal

from tests.db.documents.desk import Desk
from tidings.documents.arithmetic import Sums, TaxKey
from tidings.documents.snapshot import groups_of


async def test_the_input_has_shop_order_and_sums_and_can_be_read_again(desk: Desk) -> None:
    order_id = await desk.delivered()
    invoice, _ = await desk.complete(order_id)
    given = invoice.row.input
    assert given["shop"]["legal"]["company"] == "Teahouse GmbH"
    assert given["order"]["billing_address"]["city"] == "Berlin"
    assert (given["is_test"], given["is_paid"], given["prices_include_tax"]) == (True, True, True)
    assert groups_of(given) == {
        TaxKey("S", Decimal("0.19")): Sums(4297, 816), TaxKey("S", Decimal("0.07")): Sums(1726, 121),
    }  # fmt: skip
    assert "email" not in given["order"]
    assert "phone" not in given["order"]
