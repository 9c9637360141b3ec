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
    @rule(which=WHICH, line=st.integers(1, 3), quantity=st.integers(1, 2))
    def ship_a_part(self, which: int, line: int, quantity: int) -> None:
        order = self.pick([order for order in self.orders.values() if order.status in SHIPPABLE], which)
        parcel = {"carrier": "DHL", "lines": [{"line": line, "quantity": quantity}]}
        answer = self.call("POST", "/v1/orders/{order_id}/shipments", parcel, order_id=order.id)
        if order.on_hold:
            assert answer.status_code == 409, answer.text
        if answer.is_success:
            order.parcels.append(answer.json()["id"])

    @precondition(lambda self: any(order.parcels for order in self.orders.values()))
    @rule(which=WHICH, status=TRACKED)
    def track(self, which: int, status: str) -> None:
        """Whatever a carrier says is taken in."""
        parcel = self.pick([parcel for order in self.orders.values() for parcel in order.parcels], which)
        answer = self.call("POST", "/v1/shipments/{shipment_id}/events", {"status": status}, shipment_id=parcel)
        assert answer.is_success, answer.text

    @precondition(lambda self: any(not order.on_hold for order in self.orders.values()))
    @rule(which=WHICH, kind=ISSUES)
    def open_issue(self, which: int, kind: str) -> None:
        order = self.pick([order for order in self.orders.values() if not order.on_hold], which)
        body = {"kind": kind, "details": "Something is wrong.", "next_steps": "Please call us."}
        answer = self.call("POST", "/v1/orders/{order_id}/issues", body, order_id=order.id)
        assert answer.status_code == 201 or order.has_ended, answer.text

    @precondition(lambda self: any(order.on_hold for order in self.orders.values()))
    @rule(which=WHICH, again=st.booleans())
    def resolve_issue(self, *, which: int, again: bool) -> None:
        """Whatever opened it: staff, a check, a carrier; and only once."""
        issues = self.call("GET", "/v1/issues", query={"status": "open"}).json()["items"]
        issue = self.pick(issues, which)["id"]
        told = {"resolution": "All is well again."}
        assert self.call("POST", "/v1/issues/{issue_id}/resolution", told, issue_id=issue).is_success
        if again:
            assert self.call("POST", "/v1/issues/{issue_id}/resolution", told, issue_id=issue).status_code == 409
