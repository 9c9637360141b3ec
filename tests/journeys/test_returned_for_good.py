"""What comes back for good: sent again, or taken off; either way the order comes to its end, and money goes back."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.changes import CANCEL, approved, asked, decided_by, euros, modification, said
from tests.fixtures.errands import Errands
from tests.fixtures.facts import messages
from tests.fixtures.shop import Shop
from tests.fixtures.steps import arrived, brought_to, did, dispatched, order
from tidings.kit.db import Begin
from tidings.kit.ids import parse

DAY = timedelta(days=1)
# The fixture's order has two of TEA-01 (line 1) and one of POT-01 (line 2): 1000 and 2000.
TEA, POT = {"sku": "TEA-01"}, {"sku": "POT-01"}


def without(*lines: dict[str, Any]) -> dict[str, Any]:
    """Only these lines are still wanted."""
    return modification({"lines": list(lines)}, requested_by="staff", via="api")


async def back(api: httpx.AsyncClient, parcel: dict[str, Any]) -> None:
    """It came back to the shop."""
    await did(await api.post(f"/v1/shipments/{parcel['id']}/events", json={"status": "returned", "note": "Refused"}))


async def torn(api: httpx.AsyncClient, *, comes: int) -> tuple[str, dict[str, Any]]:
    """An order of which this line has arrived and the other one has come back; with the parcel that did."""
    order_id = await brought_to(api, "processing")
    parcels = {1: await dispatched(api, order_id, (1, 2)), 2: await dispatched(api, order_id, (2, 1))}
    await arrived(api, parcels.pop(comes))
    (parcel,) = parcels.values()
    await back(api, parcel)
    assert (await order(api, order_id))["status"] == "partially_delivered"
    return order_id, parcel


async def open_issues(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    return (await did(await api.get("/v1/issues?status=open")))["items"]


@pytest.mark.parametrize(("comes", "stays", "back_goes"), [(1, TEA, 2000), (2, POT, 1000)])
async def test_what_came_back_is_taken_off_and_the_order_is_delivered_by_what_arrived(
    api: httpx.AsyncClient, errands: Errands, comes: int, stays: dict[str, Any], back_goes: int
) -> None:
    order_id, parcel = await torn(api, comes=comes)
    before = await did(await api.get(f"/v1/shipments/{parcel['id']}"))
    (issue,) = await open_issues(api)
    assert issue["kind"] == "delivery_exception"
    wish = await asked(api, order_id, without(stays))
    assert (wish["status"], wish["needs_approvals"]) == ("pending", 1), "whatever the policy says of other changes"
    found = await approved(api, wish)
    assert found["refund"]["amount"] == euros(back_goes)
    after = await order(api, order_id)
    assert (after["status"], after["on_hold"], after["total"]) == ("delivered", False, euros(3000 - back_goes))
    assert [(line["line"], line["sku"]) for line in after["lines"]] == [(comes, stays["sku"])]
    told = await did(await api.get(f"/v1/shipments/{parcel['id']}"))
    assert (told["status"], told["lines"], told["remaining"]) == ("returned", before["lines"], [])
    await did(await api.post(f"/v1/orders/{order_id}/completion"))
    await errands()
    documents = (await did(await api.get(f"/v1/orders/{order_id}/documents")))["items"]
    assert {each["kind"]: each["gross"] for each in documents}["invoice"] == euros(3000 - back_goes)
    assert (await order(api, order_id))["status"] == "completed"


async def test_an_invoice_of_before_is_credited_by_what_came_back(api: httpx.AsyncClient, errands: Errands) -> None:
    order_id, _ = await torn(api, comes=1)
    await did(await api.post(f"/v1/orders/{order_id}/documents", json={"kind": "invoice"}))
    found = await approved(api, await asked(api, order_id, without(TEA)))
    await did(await api.post(f"/v1/refunds/{found['refund']['id']}/outcome", json={"outcome": "succeeded"}))
    await errands()
    await did(await api.post(f"/v1/orders/{order_id}/completion"))
    documents = (await did(await api.get(f"/v1/orders/{order_id}/documents")))["items"]
    invoices = sum(each["gross"]["amount"] for each in documents if each["kind"] == "invoice")
    notes = sum(each["gross"]["amount"] for each in documents if each["kind"] == "credit_note")
    assert invoices - notes == 1000


async def test_it_is_completed_by_itself_though_its_last_parcel_is_long_past(
    api: httpx.AsyncClient, begin: Begin, shop: Shop, clock: FixedClock, errands: Errands
) -> None:
    await decided_by(begin, shop, completes_after_days=7)
    order_id, _ = await torn(api, comes=1)
    clock.advance(30 * DAY)
    await errands()
    assert (await order(api, order_id))["status"] == "partially_delivered"
    await approved(api, await asked(api, order_id, without(TEA)))
    clock.advance(7 * DAY)
    await errands()
    assert (await order(api, order_id))["status"] == "completed"
    told = [milestone for milestone, _ in await messages(begin, shop, parse("ord", order_id))]
    assert told[-3:] == ["change_acknowledged", "change_decided", "order_completed"]


async def test_what_never_left_is_taken_off_as_well(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    await arrived(api, await dispatched(api, order_id, (1, 1)))
    await approved(api, await asked(api, order_id, without(TEA | {"quantity": 1})))
    assert (await order(api, order_id))["status"] == "delivered"


async def test_nothing_else_is_changed_by_it_than_the_policy_allows(api: httpx.AsyncClient) -> None:
    order_id, _ = await torn(api, comes=1)
    for lines in ([TEA | {"quantity": 3}], [TEA, POT | {"quantity": 2}]):
        declined = await asked(api, order_id, without(*lines))
        assert (declined["outcome"], declined["policy"]["rule"]) == ("declined", "changes.lines.until")
    gone = await api.post(f"/v1/orders/{order_id}/change-requests", json=without(TEA | {"quantity": 1}, POT))
    assert gone.status_code == 422, "both have arrived"
    assert [fault["pointer"] for fault in gone.json()["errors"]] == ["/changes/lines/0"]


async def test_a_request_that_was_overtaken_by_sending_it_again_is_not_carried_out(api: httpx.AsyncClient) -> None:
    order_id, _ = await torn(api, comes=1)
    wish = await asked(api, order_id, without(TEA))
    (issue,) = await open_issues(api)
    await did(await api.post(f"/v1/issues/{issue['id']}/resolution", json={"resolution": "We send it again."}))
    again = await dispatched(api, order_id)
    late = await said(api, wish)
    assert (late.status_code, late.json()["type"]) == (409, "urn:tidings:problem:change-overtaken")
    await arrived(api, again)
    assert (await order(api, order_id))["status"] == "delivered"


async def test_whoever_would_cancel_or_complete_it_is_told_the_way(api: httpx.AsyncClient) -> None:
    order_id, _ = await torn(api, comes=1)
    for verb, body in (("cancellation", {"reason": "came back"}), ("completion", {})):
        refused = await api.post(f"/v1/orders/{order_id}/{verb}", json=body)
        assert refused.status_code == 409
        assert "change request" in refused.json()["detail"]


async def test_of_an_order_that_came_back_as_a_whole_everything_is_paid_back(
    api: httpx.AsyncClient, errands: Errands
) -> None:
    """Whether the shop cancels, or the customer asks for it."""
    for asked_for in (False, True):
        order_id = await brought_to(api, "processing")
        await back(api, await dispatched(api, order_id))
        assert (await order(api, order_id))["status"] == "processing"
        if asked_for:
            await approved(api, await asked(api, order_id, CANCEL))
        else:
            await did(await api.post(f"/v1/orders/{order_id}/cancellation", json={"reason": "came back"}))
        await errands()
        after = await order(api, order_id)
        assert (after["status"], after["on_hold"]) == ("cancelled", False)
        refunds = (await did(await api.get("/v1/refunds")))["items"]
        assert [refund["amount"] for refund in refunds if refund["order_id"] == order_id] == [euros(3000)]
    assert await open_issues(api) == []


async def test_what_came_back_is_exchanged_for_something_else(api: httpx.AsyncClient) -> None:
    order_id = await brought_to(api, "processing")
    parcel = await dispatched(api, order_id)
    await back(api, parcel)
    cup = {"sku": "CUP-01", "name": "Cup", "quantity": 1, "unit_price": euros(2000)}
    await approved(api, await asked(api, order_id, without(cup, TEA)))
    after = await order(api, order_id)
    assert [(line["line"], line["sku"]) for line in after["lines"]] == [(1, "TEA-01"), (3, "CUP-01")]
    assert (await did(await api.get(f"/v1/shipments/{parcel['id']}")))["lines"] == parcel["lines"]
    (issue,) = await open_issues(api)
    await did(await api.post(f"/v1/issues/{issue['id']}/resolution", json={"resolution": "We send another one."}))
    again = await dispatched(api, order_id)
    assert [(line["line"], line["sku"], line["quantity"]) for line in again["lines"]] == [
        (1, "TEA-01", 2), (3, "CUP-01", 1),
    ]  # fmt: skip
    await arrived(api, again)
    assert (await order(api, order_id))["status"] == "delivered"
