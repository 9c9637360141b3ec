"""Steps of time and of the worker: errands, promises, messages that leave; and a call that keeps a promise."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.journeys.life.departures import told_all
from tests.journeys.life.machine import WHICH, Life

MINUTES = st.sampled_from([1, 20, 61, 61, 24 * 60, 3 * 24 * 60])


class Time(Life):
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

    @precondition(lambda self: self.orders)
    @rule(which=WHICH)
    def log_a_call(self, which: int) -> None:
        """The customer was told by telephone: the confirmation's clock stops."""
        body = {
            "channel": "phone",
            "direction": "outbound",
            "summary": "Read out the confirmation",
            "fulfils": "order_confirmation",
        }
        self.call("POST", "/v1/orders/{order_id}/communications", body, order_id=self.order(which).id)
