"""What whoever verifies is asked about an order."""

from tidings.orders.load import HeldOrder
from tidings.outbox.fetch import ErrandInHand
from tidings.verification.goods import goods_of
from tidings.verification.kinds import CheckName
from tidings.verification.ports import Question, QuestionLine


def question_about(order: HeldOrder, check: CheckName, errand: ErrandInHand) -> Question:
    """The question of this errand, the same on every try; another errand about the order is another question."""
    row = order.row
    payment = row.details.get("payment") or {}
    return Question(
        check=check,
        key=f"chk_{errand.id.hex}",
        order_id=order.wire_id,
        order_number=row.number,
        total=row.total,
        currency=row.currency,
        payment_method=payment.get("method"),
        payment_provider=payment.get("provider"),
        payment_reference=payment.get("reference"),
        lines=[QuestionLine(sku, quantity) for sku, quantity in sorted(goods_of(order.lines).items())],
    )
