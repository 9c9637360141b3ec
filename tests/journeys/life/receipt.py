"""Steps of the order itself: received, completed, corrected, closed, cancelled."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.journeys.life.machine import WHICH, Life
from tests.journeys.life.wares import POLICIES, body_of
from tidings.orders.states import NEXT

# So many orders of a shop are enough for everything to happen to some of them.
MOST_ORDERS = 5
QUANTITIES = st.lists(st.integers(0, 3), min_size=1, max_size=3).filter(any)


class Receipt(Life):
    """The order itself."""

    @initialize(policy=st.sampled_from(POLICIES), on_hand=st.integers(2, 12), quantities=QUANTITIES, more=QUANTITIES)
    def begin(self, policy: dict[str, Any], on_hand: int, quantities: list[int], more: list[int]) -> None:
        self.open_shop(policy, on_hand)
        for each in (quantities, more):
            self._place(each, "email", "whole")

    @precondition(lambda self: len(self.orders) < MOST_ORDERS)
    @rule(
        quantities=QUANTITIES,
        channel=st.sampled_from(["email", "email", "sms"]),
        kind=st.sampled_from(["whole", "whole", "whole", "incomplete", "not told"]),
    )
    def place(self, quantities: list[int], channel: str, kind: str) -> None:
        self._place(quantities, channel, kind)

    def _place(self, quantities: list[int], channel: str, kind: str) -> None:
        changes: dict[str, Any] = {"payment": None} if kind == "incomplete" else {}
        body = body_of(quantities, customer={"preferred_channel": channel}, notify=kind != "not told", **changes)
        answer = self.call("POST", "/v1/orders", body, prefer="handling=lenient")
        assert answer.status_code == (202 if kind == "incomplete" else 201), answer.text

    @precondition(lambda self: any(order.status == "incomplete" for order in self.orders.values()))
    @rule(which=WHICH)
    def complete_it(self, which: int) -> None:
        order = self.pick([order for order in self.orders.values() if order.status == "incomplete"], which)
        changes = {"payment": {"method": "card", "reference": "pi_1"}}
        answer = self.call("PATCH", "/v1/orders/{order_id}", changes, order_id=order.id, etag=order.etag)
        assert (answer.status_code, answer.json()["status"]) == (200, "received")

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, email=st.sampled_from(["delivered@sandbox.test", "ada@sandbox.test"]))
    def correct_the_contact(self, which: int, email: str) -> None:
        order = self.order(which)
        changes = {"customer": {"email": email}}
        answer = self.call("PATCH", "/v1/orders/{order_id}", changes, order_id=order.id, etag=order.etag)
        # What changes nothing is refused nowhere.
        assert answer.status_code == 200 or (order.has_ended and answer.status_code == 409), answer.text

    @precondition(lambda self: any(order.status == "delivered" for order in self.orders.values()))
    @rule(which=WHICH)
    def close(self, which: int) -> None:
        order = self.pick([order for order in self.orders.values() if order.status == "delivered"], which)
        answer = self.call("POST", "/v1/orders/{order_id}/completion", order_id=order.id)
        assert answer.status_code == (409 if order.on_hold else 200), answer.text

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, dice=st.integers(0, 3))
    def cancel(self, which: int, dice: int) -> None:
        """Not too often, or nothing is left to do anything with."""
        order = self.order(which)
        if dice or order.status is None:
            return
        answer = self.call("POST", "/v1/orders/{order_id}/cancellation", {"reason": "sold out"}, order_id=order.id)
        assert answer.status_code == (200 if "cancelled" in NEXT[order.status] else 409), answer.text
