"""What whoever verifies is asked about an order."""

from dataclasses import asdict, replace
from uuid import uuid5

from tidings.kit.rows import json_text
from tidings.orders.load import HeldOrder
from tidings.outbox.fetch import ErrandInHand
from tidings.verification.goods import goods_of
from tidings.verification.kinds import CheckName
from tidings.verification.ports import Question, QuestionLine


def question_about(order: HeldOrder, check: CheckName, errand: ErrandInHand) -> Question:
    """The question of this errand, the same on every try; another errand about the order is another question.

    So is one about an order that has changed since: whoever keeps answers by their key would give the old one again.
    """
    row = order.row
    payment = row.details.get("payment") or {}
    question = Question(
        check=check,
        key="",
        order_id=order.wire_id,
        order_number=row.number,
        total=row.total,
        currency=row.currency,
        payment_method=payment.get("method"),
        payment_provider=payment.get("provider"),
        payment_reference=payment.get("reference"),
        lines=[QuestionLine(sku, quantity) for sku, quantity in sorted(goods_of(order.lines).items())],
    )
    return replace(question, key=f"chk_{uuid5(errand.id, json_text(asdict(question))).hex}")
