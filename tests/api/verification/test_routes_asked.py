"""Checks that tidings carries out by itself, from the policy to the order, over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.doubles.stripe import StripeDouble
from tests.doubles.stripe_refunds import StripeRefundsDouble
from tests.doubles.verifier import VerifierDouble
from tests.doubles.wire import Reply, Request
from tests.fixtures.errands import Errands
from tests.fixtures.steps import did, order, placed

ASKED = {"verification": {"payment": "provider", "stock": "provider"}}


async def connected(client: httpx.AsyncClient, channel: str, provider: str = "sandbox", **more: Any) -> dict[str, Any]:
    return await did(
        await client.post("/v1/connections", json={"name": f"{channel}-{provider}", "channel": channel,
                                                   "provider": provider, **more})
    )  # fmt: skip


@pytest.fixture
async def asking(api: httpx.AsyncClient) -> httpx.AsyncClient:
    """A shop that has the sandbox asked in test mode."""
    await did(await api.patch("/v1/storefront", json={"policy": ASKED}))
    for channel in ("payment", "stock"):
        await connected(api, channel, settings={"slow_seconds": 0})
    return api


def paid(reference: str) -> dict[str, Any]:
    return {"payment": {"method": "card", "provider": "stripe", "reference": reference}}


@pytest.mark.parametrize(
    ("reference", "stands"),
    [
        ("pi_123", ("processing", "passed", False)),
        ("pi_slow", ("processing", "passed", False)),
        ("pi_declined", ("received", "failed", True)),
        ("pi_underpaid+2", ("received", "failed", True)),
        ("pi_pending", ("received", "pending", False)),
        ("pi_silent", ("received", "pending", False)),
    ],
)
async def test_the_sandbox_is_asked_and_the_order_goes_on_by_itself(
    asking: httpx.AsyncClient, errands: Errands, reference: str, stands: tuple[str, str, bool]
) -> None:
    order_id = (await placed(asking, **paid(reference)))["id"]
    await errands()
    found = await order(asking, order_id)
    assert (found["status"], found["payment_check"], found["on_hold"]) == stands
    assert found["stock_check"] == "passed"


async def test_what_is_sold_out_is_an_issue_with_its_reason(asking: httpx.AsyncClient, errands: Errands) -> None:
    line = {"sku": "SANDBOX-SOLD-OUT", "name": "Tea", "quantity": 1, "unit_price": {"amount": 500, "currency": "EUR"}}
    found = await placed(asking, lines=[line], total={"amount": 500, "currency": "EUR"}, **paid("pi_1"))
    await errands()
    (issue,) = (await did(await asking.get("/v1/issues", params={"order_id": found["id"]})))["items"]
    assert (issue["kind"], issue["status"]) == ("out_of_stock", "open")
    timeline = (await did(await asking.get(f"/v1/orders/{found['id']}/timeline")))["items"]
    (checked,) = [happening for happening in timeline if happening["kind"] == "stock.checked"]
    assert (checked["actor"], checked["data"]["reason"]) == ("system", "sold out: SANDBOX-SOLD-OUT")


async def test_a_connection_that_is_added_or_mended_is_asked_at_once(api: httpx.AsyncClient, errands: Errands) -> None:
    await did(await api.patch("/v1/storefront", json={"policy": {"verification": {"payment": "provider"}}}))
    order_id = (await placed(api, **paid("pi_1")))["id"]
    await errands()
    kinds = {"order_id": order_id, "status": "open"}
    tasks = (await did(await api.get("/v1/tasks", params=kinds)))["items"]
    assert {task["kind"] for task in tasks} == {"handle_issue", "verify_by_hand"}
    assert (await order(api, order_id))["on_hold"]
    # Due in half an hour; but there is somebody to ask now.
    await connected(api, "payment")
    await errands()
    found = await order(api, order_id)
    assert (found["payment_check"], found["on_hold"]) == ("passed", False)
    assert (await did(await api.get("/v1/tasks", params=kinds)))["items"] == []


async def test_stripe_is_asked_in_live_mode(live_api: httpx.AsyncClient, errands: Errands) -> None:
    await did(await live_api.patch("/v1/storefront", json={"policy": {"verification": {"payment": "provider"}}}))
    customer = {"email": "ada@tea.dev"}
    async with StripeDouble() as double:
        added = await connected(live_api, "payment", "stripe", settings=double.settings, secrets=double.secrets)
        assert double.api_key not in str(added)
        double.pay("pi_right", 3000)
        double.pay("pi_short", 2999)
        orders = {ref: (await placed(live_api, customer=customer, **paid(ref)))["id"] for ref in double.intents}
        await errands()
        checks = {ref: (await order(live_api, id_))["payment_check"] for ref, id_ in orders.items()}
    assert checks == {"pi_right": "passed", "pi_short": "failed"}


async def test_a_system_of_the_shops_own_is_asked_in_live_mode(live_api: httpx.AsyncClient, errands: Errands) -> None:
    await did(await live_api.patch("/v1/storefront", json={"policy": ASKED}))
    async with VerifierDouble() as double:
        for channel in ("payment", "stock"):
            await connected(live_api, channel, "http", settings=double.settings, secrets=double.secrets)
        found = await placed(live_api, customer={"email": "ada@tea.dev"})
        await errands()
        assert {question["check"] for question in double.questions} == {"payment", "stock"}
    assert (await order(live_api, found["id"]))["status"] == "processing"


@pytest.mark.parametrize("provider", ["stripe", "http"])
async def test_test_mode_verifies_with_the_sandbox_only(api: httpx.AsyncClient, provider: str) -> None:
    secrets = {"api_key": "sk_1"} if provider == "stripe" else {"signing_secret": "whsec_c2VjcmV0"}
    asked = {"name": "x", "channel": "payment", "provider": provider, "secrets": secrets}
    asked["settings"] = {"base_url": "https://a.example"}
    answer = await api.post("/v1/connections", json=asked)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/provider")


async def test_whoever_pays_later_is_not_asked_for_money(api: httpx.AsyncClient, errands: Errands) -> None:
    policy = {"verification": {"payment_by_method": {"invoice": "agreed"}, "stock": "ledger"}}
    await did(await api.patch("/v1/storefront", json={"policy": policy}))
    order_id = (await placed(api, payment={"method": "invoice"}))["id"]
    await errands()
    found = await order(api, order_id)
    assert (found["status"], found["payment_check"], found["stock_check"]) == ("processing", "passed", "passed")


class Stripe(StripeDouble):
    """An account whose payments are read and paid back."""

    def __init__(self) -> None:
        super().__init__()
        self.refunds = StripeRefundsDouble()
        self.refunds.api_key = self.api_key

    async def respond(self, request: Request) -> Reply:
        is_refund = request.path.startswith("/v1/refunds")
        return await (self.refunds.respond(request) if is_refund else super().respond(request))


async def test_a_payment_taken_after_the_cancellation_is_paid_back_by_stripe_once(
    live_api: httpx.AsyncClient, errands: Errands, clock: FixedClock
) -> None:
    await did(await live_api.patch("/v1/storefront", json={"policy": {"verification": {"payment": "provider"}}}))
    async with Stripe() as stripe:
        await connected(live_api, "payment", "stripe", settings=stripe.settings, secrets=stripe.secrets)
        stripe.pay("pi_late", 3000, status="processing")
        order_id = (await placed(live_api, customer={"email": "ada@tea.dev"}, **paid("pi_late")))["id"]
        await errands()
        await did(await live_api.post(f"/v1/orders/{order_id}/cancellation", json={"reason": "out of stock"}))
        await errands()
        assert stripe.refunds.made == []
        stripe.pay("pi_late", 3000)
        for _ in range(3):
            clock.advance(timedelta(hours=1))
            await errands()
    assert [(each.form["payment_intent"], each.form["amount"]) for each in stripe.refunds.made] == [("pi_late", "3000")]
    found = await order(live_api, order_id)
    assert (found["status"], found["payment_check"]) == ("cancelled", "passed")
    (refund,) = (await did(await live_api.get("/v1/refunds", params={"order_id": order_id})))["items"]
    assert (refund["status"], refund["amount"]["amount"]) == ("succeeded", 3000)
    timeline = (await did(await live_api.get(f"/v1/orders/{order_id}/timeline")))["items"]
    kinds = [happening["kind"] for happening in timeline]
    told = ("order.cancelled", "payment.checked", "refund.requested", "refund.settled")
    assert [kind for kind in kinds if kind in told] == list(told)
