"""Steps of verification and of what is in stock."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.journeys.life.machine import WHICH
from tests.journeys.life.progress import Progress
from tests.journeys.life.wares import ARTICLES

OUTCOMES = st.sampled_from(["passed", "passed", "failed"])


class Verifying(Progress):
    """Checks and stock."""

    @rule(which=WHICH, payment=OUTCOMES, stock=OUTCOMES)
    def check(self, which: int, payment: str, stock: str) -> None:
        order = self.order(which, lambda one: one.status == "received")
        if order is None:
            self.go_on(which)
            return
        for check, outcome in (("payment", payment), ("stock", stock)):
            path = f"/v1/orders/{{order_id}}/{check}-check"
            answer = self.call("PUT", path, {"outcome": outcome, "reason": "looked at"}, order_id=order.id)
            # The second one is late if the first one was the last that was lacking.
            assert answer.status_code == 200 or check == "stock", answer.text

    @rule(article=st.sampled_from(ARTICLES), quantity=st.integers(1, 5), kind=st.sampled_from(["received", "counted"]))
    def move_goods(self, article: tuple[str, int], quantity: int, kind: str) -> None:
        """Less than is promised cannot be there."""
        body = {"kind": kind, "quantity": quantity}
        answer = self.call("POST", "/v1/stock/{sku}/movements", body, sku=article[0])
        assert answer.status_code == 201 or (kind == "counted" and answer.status_code == 409), answer.text
