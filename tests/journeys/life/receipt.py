"""Steps of the order itself: received, completed, corrected, closed, cancelled; and that it simply goes on."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.journeys.life.machine import WHICH
from tests.journeys.life.progress import Progress
from tests.journeys.life.wares import POLICIES
from tidings.orders.states import NEXT

QUANTITIES = st.lists(st.integers(0, 3), min_size=1, max_size=3).filter(any)


class Receipt(Progress):
    """The order itself."""

    @initialize(policy=st.sampled_from(POLICIES), on_hand=st.integers(2, 12), quantities=QUANTITIES, more=QUANTITIES)
    def begin(self, policy: dict[str, Any], on_hand: int, quantities: list[int], more: list[int]) -> None:
        self.open_shop(policy, on_hand)
        for each in (quantities, more):
            self.place(each, "email", "whole")

    @rule(
        quantities=QUANTITIES,
        channel=st.sampled_from(["email", "email", "sms"]),
        kind=st.sampled_from(["whole", "whole", "whole", "incomplete", "not told"]),
    )
    def place_another(self, quantities: list[int], channel: str, kind: str) -> None:
        self.place(quantities, channel, kind)

    @rule(which=WHICH)
    def let_it_go_on(self, which: int) -> None:
        self.go_on(which)

    @rule(which=WHICH)
    def let_it_go_on_again(self, which: int) -> None:
        """Twice, so that it is done more often than anything else."""
        self.go_on(which)

    @rule(which=WHICH, email=st.sampled_from(["delivered@sandbox.test", "ada@sandbox.test"]))
    def correct(self, which: int, email: str) -> None:
        """What is missing is filled in; or else a contact is corrected."""
        order = self.order(which, lambda one: one.status == "incomplete") or self.order(which)
        if order is None:
            return
        is_incomplete = order.status == "incomplete"
        payment, contact = {"payment": {"method": "card", "reference": "pi_1"}}, {"customer": {"email": email}}
        changes = payment if is_incomplete else contact
        answer = self.call("PATCH", "/v1/orders/{order_id}", changes, order_id=order.id, etag=order.etag)
        # What changes nothing is refused nowhere.
        assert answer.status_code == 200 or (order.has_ended and answer.status_code == 409), answer.text
        assert not is_incomplete or answer.json()["status"] == "received"

    @rule(which=WHICH)
    def close(self, which: int) -> None:
        order = self.order(which, lambda one: one.status == "delivered")
        if order is None:
            self.go_on(which)
            return
        answer = self.call("POST", "/v1/orders/{order_id}/completion", order_id=order.id)
        assert answer.status_code == (409 if order.on_hold else 200), answer.text

    @rule(which=WHICH, dice=st.integers(0, 3))
    def cancel(self, which: int, dice: int) -> None:
        """Not too often, or nothing is left to do anything with."""
        order = self.order(which)
        if dice or order is None or order.status is None:
            self.go_on(which)
            return
        answer = self.call("POST", "/v1/orders/{order_id}/cancellation", {"reason": "sold out"}, order_id=order.id)
        assert answer.status_code == (200 if "cancelled" in NEXT[order.status] else 409), answer.text
