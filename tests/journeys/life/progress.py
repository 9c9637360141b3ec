"""The step that comes next in an order's life, so that many lives get far."""

from hypothesis.stateful import precondition, rule

from tests.journeys.life.machine import WHICH, Life
from tests.journeys.life.world import SHIPPABLE


class Progress(Life):
    """All as it should be."""

    @precondition(lambda self: any(not order.has_ended for order in self.orders.values()))
    @rule(which=WHICH)
    def go_on(self, which: int) -> None:
        order = self.pick([order for order in self.orders.values() if not order.has_ended][::-1], which)
        if order.status == "received":
            for check in ("payment", "stock"):
                path = f"/v1/orders/{{order_id}}/{check}-check"
                answer = self.call("PUT", path, {"outcome": "passed"}, order_id=order.id)
                assert answer.status_code == 200, answer.text
        elif order.status in SHIPPABLE and not order.on_hold:
            answer = self.call("POST", "/v1/orders/{order_id}/shipments", {"carrier": "DHL"}, order_id=order.id)
            if answer.is_success:
                order.parcels.append(answer.json()["id"])
        else:
            for parcel in order.parcels:
                self.call("POST", "/v1/shipments/{shipment_id}/events", {"status": "delivered"}, shipment_id=parcel)
