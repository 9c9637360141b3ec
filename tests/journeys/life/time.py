"""Steps of time and of the worker: errands, promises, messages that leave; and a call that keeps a promise."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.journeys.life.departures import told_all
from tests.journeys.life.machine import WHICH
from tests.journeys.life.progress import Progress

MINUTES = st.sampled_from([1, 20, 61, 24 * 60, 3 * 24 * 60])
CALL = {
    "channel": "phone",
    "direction": "outbound",
    "summary": "Read out the confirmation",
    "fulfils": "order_confirmation",
    "contents": ["order_number", "placed_at", "products", "addresses", "estimated_delivery", "contact"],
}


class Time(Progress):
    """The clock goes on, and the worker does what is due."""

    @rule(minutes=MINUTES)
    def wait(self, minutes: int) -> None:
        self.world.clock.advance(timedelta(minutes=minutes))
        self.world.run(self.world.sweep())

    @rule(kind=st.sampled_from(["errands", "errands", "messages"]))
    def work(self, kind: str) -> None:
        assert self.shop is not None
        if kind == "errands":
            self.world.run(self.world.errands())
        else:
            self.world.run(told_all(self.world.begin, self.shop.id, self.world.clock))

    @rule(which=WHICH, dice=st.integers(0, 1))
    def log_a_call(self, which: int, dice: int) -> None:
        """The customer was told by telephone: the confirmation's clock stops."""
        order = self.order(which)
        if dice or order is None:
            self.go_on(which)
        else:
            answer = self.call("POST", "/v1/orders/{order_id}/communications", CALL, order_id=order.id)
            assert answer.status_code == 201, answer.text
