"""Steps of change requests and refunds."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.journeys.life.machine import WHICH
from tests.journeys.life.progress import Progress
from tests.journeys.life.wares import lines_of

STAFF = st.sampled_from(["staff/anna", "staff/ben", "staff/clara"])
MODIFICATION = {"kind": "modification", "requested_by": "customer"}
CANCELLATION = {"kind": "cancellation", "reason": "ordered twice", "requested_by": "customer"}
CHANGES = st.one_of(
    st.sampled_from(
        [
            {"shipping_address": {"line1": "Chausseestr. 5"}},
            {"shipping_address": {"line1": "Torstr. 1"}},
            {"customer": {"email": "ada.byron@sandbox.test"}},
        ]
    ),
    st.lists(st.integers(0, 3), min_size=2, max_size=3).filter(any).map(lambda many: {"lines": lines_of(many)}),
)


class Requests(Progress):
    """What customers ask for, and what becomes of it."""

    @rule(which=WHICH, changes=CHANGES, actor=STAFF)
    def ask_for_a_change(self, which: int, changes: dict[str, Any], actor: str) -> None:
        self._ask(which, MODIFICATION | {"changes": changes}, actor)

    @rule(which=WHICH, actor=STAFF, dice=st.integers(0, 2))
    def ask_for_a_cancellation(self, which: int, actor: str, dice: int) -> None:
        if dice:
            self.go_on(which)
        else:
            self._ask(which, CANCELLATION, actor)

    def _ask(self, which: int, body: dict[str, Any], actor: str) -> None:
        order = self.order(which, lambda one: not one.has_ended) or self.order(which)
        if order is None:
            return
        answer = self.call("POST", "/v1/orders/{order_id}/change-requests", body, order_id=order.id, actor=actor)
        if answer.is_success:
            told = answer.json()
            assert told["acknowledge_by"] <= told["notify_by"]

    @rule(which=WHICH, actor=STAFF, outcome=st.sampled_from(["approved", "approved", "approved", "declined"]))
    def decide(self, which: int, actor: str, outcome: str) -> None:
        some = self._some_request(which)
        if some is None:
            self.go_on(which)
            return
        request, stands = some
        body = {"outcome": outcome, "reason": "looked at"}
        answer = self.call("POST", "/v1/change-requests/{request_id}/decision", body, request_id=request, actor=actor)
        if not stands.startswith("pending"):
            assert answer.status_code == 409, answer.text
        elif stands.endswith(actor) and outcome == "approved":
            assert answer.status_code == 403, answer.text

    @rule(which=WHICH, dice=st.integers(0, 1))
    def withdraw(self, which: int, dice: int) -> None:
        some = self._some_request(which)
        if dice or some is None:
            self.go_on(which)
            return
        request, stands = some
        answer = self.call("POST", "/v1/change-requests/{request_id}/withdrawal", {}, request_id=request)
        assert answer.status_code == (200 if stands.startswith("pending") else 409), answer.text

    def _some_request(self, which: int) -> tuple[str, str] | None:
        """One of them, and how it stands; rather one that waits."""
        every = [request for order in self.orders.values() for request in order.requests.items()]
        waiting = [(request, stands) for request, stands in every if stands.startswith("pending")]
        return self.pick(waiting if waiting and which % 4 else every, which) if every else None

    @rule(which=WHICH, outcome=st.sampled_from(["succeeded", "succeeded", "failed"]))
    def pay_back(self, which: int, outcome: str) -> None:
        order = self.order(which, lambda one: bool(one.refunds))
        if order is None:
            self.go_on(which)
            return
        refund, stands = self.pick(list(order.refunds.items()), which // 7)
        body = {"outcome": outcome, "reference": "SEPA 1"}
        answer = self.call("POST", "/v1/refunds/{refund_id}/outcome", body, refund_id=refund)
        if stands == "succeeded":
            assert answer.status_code == 409, answer.text
