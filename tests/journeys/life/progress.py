"""The step that comes next in an order's life, so that many lives get far; taken, too, in place of what cannot be."""

from tests.journeys.life.machine import Life
from tests.journeys.life.wares import body_of
from tests.journeys.life.world import SHIPPABLE, Seen

# So many orders of a shop are enough for everything to happen to some of them.
MOST_ORDERS = 6


class Progress(Life):
    """All as it should be."""

    def go_on(self, which: int) -> None:
        """With one of the orders; or a new one comes in."""
        order = self.order(which, lambda one: one.goes_on)
        if order is None:
            self.place([1 + which % 3, which % 2], "email", "whole")
        elif order.status == "received":
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

    def place(self, quantities: list[int], channel: str, kind: str) -> None:
        """A new order; unless there are enough."""
        if len(self.orders) >= MOST_ORDERS:
            return
        changes = {"payment": None} if kind == "incomplete" else {}
        body = body_of(quantities, customer={"preferred_channel": channel}, notify=kind != "not told", **changes)
        answer = self.call("POST", "/v1/orders", body, prefer="handling=lenient")
        assert answer.status_code == (202 if kind == "incomplete" else 201), answer.text
