"""The step that comes next in an order's life, so that many lives get far."""

from hypothesis.stateful import precondition, rule

from tests.journeys.life.machine import WHICH, Life
from tests.journeys.life.world import SHIPPABLE, Seen


def _has_some_that_go_on(life: Life) -> bool:
    return any(order.goes_on for order in life.orders.values())


class Progress(Life):
    """All as it should be; more than once, so that it is done more often than anything else."""

    @precondition(_has_some_that_go_on)
    @rule(which=WHICH)
    def go_on(self, which: int) -> None:
        self._go_on(which)

    @precondition(_has_some_that_go_on)
    @rule(which=WHICH)
    def and_on(self, which: int) -> None:
        self._go_on(which)

    @precondition(_has_some_that_go_on)
    @rule(which=WHICH)
    def and_on_and_on(self, which: int) -> None:
        self._go_on(which)

    def _go_on(self, which: int) -> None:
        order = self.pick([order for order in self.orders.values() if order.goes_on], which)
        if order.status == "received":
            self._pass(order)
        elif order.status in SHIPPABLE:
            answer = self.call("POST", "/v1/orders/{order_id}/shipments", {"carrier": "DHL"}, order_id=order.id)
            if answer.is_success:
                order.parcels.append(answer.json()["id"])
        elif order.parcels:
            parcel = self.pick(order.parcels, which)
            self.call("POST", "/v1/shipments/{shipment_id}/events", {"status": "delivered"}, shipment_id=parcel)

    def _pass(self, order: Seen) -> None:
        for check in ("payment", "stock"):
            path = f"/v1/orders/{{order_id}}/{check}-check"
            answer = self.call("PUT", path, {"outcome": "passed"}, order_id=order.id)
            assert answer.status_code == 200, answer.text
