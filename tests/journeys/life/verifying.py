"""Steps of verification and of what is in stock."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.journeys.life.machine import WHICH, Life
from tests.journeys.life.receipt import ARTICLES

OUTCOMES = st.sampled_from(["passed", "passed", "passed", "failed"])


class Verifying(Life):
    """Checks and stock."""

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, payment=OUTCOMES, stock=OUTCOMES)
    def check(self, which: int, payment: str, stock: str) -> None:
        order = self.order(which)
        for check, outcome in (("payment", payment), ("stock", stock)):
            path = f"/v1/orders/{{order_id}}/{check}-check"
            answer = self.call("PUT", path, {"outcome": outcome, "reason": "looked at"}, order_id=order.id)
            if order.status == "received" and check == "payment":
                assert answer.status_code == 200, answer.text

    @rule(article=st.sampled_from(ARTICLES), quantity=st.integers(1, 5))
    def receive_goods(self, article: tuple[str, int], quantity: int) -> None:
        body = {"kind": "received", "quantity": quantity}
        answer = self.call("POST", "/v1/stock/{sku}/movements", body, sku=article[0])
        assert answer.is_success, answer.text

    @rule(article=st.sampled_from(ARTICLES), quantity=st.integers(0, 4))
    def count_goods(self, article: tuple[str, int], quantity: int) -> None:
        """Less than is promised cannot be there."""
        self.call("POST", "/v1/stock/{sku}/movements", {"kind": "counted", "quantity": quantity}, sku=article[0])
