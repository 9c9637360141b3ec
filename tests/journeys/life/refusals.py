"""Steps that must be refused, or change nothing, whatever has happened before."""

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.journeys.life.machine import WHICH
from tests.journeys.life.progress import Progress
from tests.journeys.life.wares import body_of
from tests.journeys.life.world import SHIPPABLE, Seen
from tidings.kit.ids import new_id

KINDS = st.sampled_from(["same number", "not to be shipped", "not to be closed", "said again"])


class Refusals(Progress):
    """What may not be."""

    @rule(which=WHICH, kind=KINDS)
    def try_what_may_not_be(self, which: int, kind: str) -> None:
        order = self.order(which)
        if order is None:
            return
        match kind:
            case "same number":
                number = self.call("GET", "/v1/orders/{order_id}", order_id=order.id).json()["number"]
                answer = self.call("POST", "/v1/orders", body_of([1], number=number))
                assert (answer.status_code, answer.json().get("order_id")) == (409, order.id)
            case "not to be shipped" if order.status not in SHIPPABLE:
                answer = self.call("POST", "/v1/orders/{order_id}/shipments", {"carrier": "DHL"}, order_id=order.id)
                assert answer.status_code == 409, answer.text
            case "not to be closed" if order.status != "delivered":
                answer = self.call("POST", "/v1/orders/{order_id}/completion", order_id=order.id)
                assert answer.status_code == 409, answer.text
            case _:
                self._note_twice(order)

    def _note_twice(self, order: Seen) -> None:
        key = new_id().hex
        first, again = (self._note(order, key) for _ in range(2))
        assert (first.status_code, first.text) == (again.status_code, again.text) == (201, first.text)
        assert again.headers["Idempotency-Replayed"] == "true"

    def _note(self, order: Seen, key: str) -> httpx.Response:
        return self.call("POST", "/v1/orders/{order_id}/notes", {"text": "noted"}, order_id=order.id, key=key)
