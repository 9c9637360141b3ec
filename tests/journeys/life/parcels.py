"""Steps of parcels and of issues."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.journeys.life.machine import WHICH
from tests.journeys.life.progress import Progress
from tests.journeys.life.world import SHIPPABLE

TRACKED = st.sampled_from(["in_transit", "out_for_delivery", "exception", "delivered", "delivered", "returned"])
ISSUES = st.sampled_from(["address_problem", "other", "out_of_stock"])


class Parcels(Progress):
    """What leaves, how it goes, and what goes wrong."""

    @rule(which=WHICH, line=st.integers(1, 2), quantity=st.integers(1, 2))
    def ship_a_part(self, which: int, line: int, quantity: int) -> None:
        order = self.order(which, lambda one: one.status in SHIPPABLE)
        if order is None:
            self.go_on(which)
            return
        parcel = {"carrier": "DHL", "lines": [{"line": line, "quantity": quantity}]}
        answer = self.call("POST", "/v1/orders/{order_id}/shipments", parcel, order_id=order.id)
        if order.on_hold:
            assert answer.status_code == 409, answer.text
        if answer.is_success:
            order.parcels.append(answer.json()["id"])

    @rule(which=WHICH, status=TRACKED)
    def track(self, which: int, status: str) -> None:
        """Whatever a carrier says is taken in."""
        order = self.order(which, lambda one: bool(one.parcels))
        if order is None:
            self.go_on(which)
            return
        parcel = self.pick(order.parcels, which // 7)
        answer = self.call("POST", "/v1/shipments/{shipment_id}/events", {"status": status}, shipment_id=parcel)
        assert answer.is_success, answer.text

    @rule(which=WHICH, kind=ISSUES)
    def open_issue(self, which: int, kind: str) -> None:
        order = self.order(which, lambda one: not one.on_hold)
        if order is None:
            self.go_on(which)
            return
        body = {"kind": kind, "details": "Something is wrong.", "next_steps": "Please call us."}
        answer = self.call("POST", "/v1/orders/{order_id}/issues", body, order_id=order.id)
        assert answer.status_code == 201 or order.has_ended, answer.text

    @rule(which=WHICH, again=st.booleans())
    def resolve_issue(self, *, which: int, again: bool) -> None:
        """Whatever opened it: staff, a check, a carrier; and only once."""
        if self.order(which, lambda one: one.on_hold) is None:
            self.go_on(which)
            return
        issues = self.call("GET", "/v1/issues", query={"status": "open"}).json()["items"]
        issue = self.pick(issues, which)["id"]
        told = {"resolution": "All is well again."}
        assert self.call("POST", "/v1/issues/{issue_id}/resolution", told, issue_id=issue).is_success
        if again:
            assert self.call("POST", "/v1/issues/{issue_id}/resolution", told, issue_id=issue).status_code == 409
