"""Steps of parcels and of issues."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.journeys.life.machine import WHICH, Life
from tests.journeys.life.world import SHIPPABLE

TRACKED = st.sampled_from(["in_transit", "out_for_delivery", "exception", "delivered", "delivered", "returned"])
ISSUES = st.sampled_from(["address_problem", "other", "out_of_stock"])


class Parcels(Life):
    """What leaves, how it goes, and what goes wrong."""

    @precondition(lambda self: any(order.status in SHIPPABLE for order in self.orders.values()))
    @rule(which=WHICH, line=st.integers(1, 3), quantity=st.integers(1, 3), all_of_it=st.booleans())
    def ship(self, *, which: int, line: int, quantity: int, all_of_it: bool) -> None:
        order = self.pick([order for order in self.orders.values() if order.status in SHIPPABLE], which)
        lines = [] if all_of_it else [{"line": line, "quantity": quantity}]
        answer = self.call(
            "POST", "/v1/orders/{order_id}/shipments", {"carrier": "DHL", "lines": lines}, order_id=order.id
        )
        if order.on_hold:
            assert answer.status_code == 409, answer.text
        if answer.is_success:
            order.parcels.append(answer.json()["id"])

    @precondition(lambda self: any(order.parcels for order in self.orders.values()))
    @rule(which=WHICH, status=TRACKED)
    def track(self, which: int, status: str) -> None:
        parcels = [parcel for order in self.orders.values() for parcel in order.parcels]
        answer = self.call(
            "POST", "/v1/shipments/{shipment_id}/events", {"status": status}, shipment_id=self.pick(parcels, which)
        )
        assert answer.is_success, answer.text

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, kind=ISSUES)
    def open_issue(self, which: int, kind: str) -> None:
        order = self.order(which)
        body = {"kind": kind, "details": "Something is wrong.", "next_steps": "Please call us."}
        answer = self.call("POST", "/v1/orders/{order_id}/issues", body, order_id=order.id)
        if not order.has_ended:
            assert answer.status_code == 201, answer.text

    @precondition(lambda self: any(order.on_hold for order in self.orders.values()))
    @rule(which=WHICH)
    def resolve_issue(self, which: int) -> None:
        """Whatever opened it: staff, a check, a carrier."""
        items = self.call("GET", "/v1/issues", query={"status": "open"}).json()["items"]
        issue = self.pick(items, which)
        answer = self.call(
            "POST", "/v1/issues/{issue_id}/resolution", {"resolution": "All is well again."}, issue_id=issue["id"]
        )
        assert answer.is_success, answer.text
