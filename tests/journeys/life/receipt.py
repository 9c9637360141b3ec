"""Steps of the order itself: received, completed, amended, noted, closed, cancelled."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fixtures.orders import order_body
from tests.journeys.life.machine import WHICH, Life
from tidings.orders.states import NEXT

# What the shop sells: article number, price.
ARTICLES = (("TEA-01", 500), ("POT-01", 2000), ("CUP-01", 700))
SHIPPING, DISCOUNT = 490, 100
NOTIFIED = st.sampled_from([True, True, True, False])
CHANNELS = st.sampled_from(["email", "email", "sms"])


def lines_of(quantities: list[int]) -> list[dict[str, Any]]:
    """A line for each article of which there is any."""
    return [
        {"sku": sku, "name": f"Article {sku}", "quantity": quantity, "unit_price": {"amount": price, "currency": "EUR"}}
        for (sku, price), quantity in zip(ARTICLES, quantities, strict=False)
        if quantity
    ]


def body_of(quantities: list[int], *, is_posted: bool, **more: Any) -> dict[str, Any]:
    """An order of so many of each article; posted orders cost something, and something is taken off."""
    lines = lines_of(quantities)
    total = sum(line["quantity"] * line["unit_price"]["amount"] for line in lines)
    charge = {
        "shipping": {"price": {"amount": SHIPPING, "currency": "EUR"}, "tax_rate": "0.19"} if is_posted else None,
        "discount": {"price": {"amount": DISCOUNT, "currency": "EUR"}, "tax_rate": "0.19"} if is_posted else None,
    }
    total += SHIPPING - DISCOUNT if is_posted else 0
    return order_body(lines=lines, total={"amount": total, "currency": "EUR"}, **charge, **more)


class Receipt(Life):
    """The order itself."""

    @rule(
        quantities=st.lists(st.integers(0, 3), min_size=1, max_size=3).filter(any),
        is_posted=st.booleans(),
        notify=NOTIFIED,
        channel=CHANNELS,
    )
    def place(self, *, quantities: list[int], is_posted: bool, notify: bool, channel: str) -> None:
        customer = {"preferred_channel": channel}
        answer = self.call(
            "POST", "/v1/orders", body_of(quantities, is_posted=is_posted, notify=notify, customer=customer)
        )
        assert answer.status_code == 201, answer.text

    @rule(quantities=st.lists(st.integers(1, 2), min_size=1, max_size=2))
    def place_incomplete(self, quantities: list[int]) -> None:
        body = body_of(quantities, is_posted=False, payment=None)
        answer = self.call("POST", "/v1/orders", body, prefer="handling=lenient")
        assert answer.status_code == 202, answer.text

    @precondition(lambda self: any(order.status == "incomplete" for order in self.orders.values()))
    @rule(which=WHICH)
    def complete_it(self, which: int) -> None:
        order = self.pick([order for order in self.orders.values() if order.status == "incomplete"], which)
        etag = self.call("GET", "/v1/orders/{order_id}", order_id=order.id).headers["ETag"]
        changes = {"payment": {"method": "card", "reference": "pi_1"}}
        answer = self.call("PATCH", "/v1/orders/{order_id}", changes, order_id=order.id, etag=etag)
        assert (answer.status_code, answer.json()["status"]) == (200, "received")

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, email=st.sampled_from(["delivered@sandbox.test", "ada@sandbox.test"]))
    def correct_the_contact(self, which: int, email: str) -> None:
        order = self.order(which)
        etag = self.call("GET", "/v1/orders/{order_id}", order_id=order.id).headers["ETag"]
        changes = {"customer": {"email": email}}
        answer = self.call("PATCH", "/v1/orders/{order_id}", changes, order_id=order.id, etag=etag)
        # What changes nothing is refused nowhere.
        assert answer.status_code == 200 or (order.has_ended and answer.status_code == 409), answer.text

    @precondition(lambda self: self.orders)
    @rule(which=WHICH)
    def close(self, which: int) -> None:
        order = self.order(which)
        answer = self.call("POST", "/v1/orders/{order_id}/completion", order_id=order.id)
        is_ready = order.status == "delivered" and not order.on_hold
        assert answer.status_code == (200 if is_ready else 409), answer.text

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, dice=st.integers(0, 3))
    def cancel(self, which: int, dice: int) -> None:
        """Not too often, or nothing is left to do anything with."""
        order = self.order(which)
        if dice:
            return
        answer = self.call("POST", "/v1/orders/{order_id}/cancellation", {"reason": "sold out"}, order_id=order.id)
        assert answer.status_code == (200 if "cancelled" in NEXT[order.status] else 409), answer.text
