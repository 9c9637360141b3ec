"""The explorer's examples work against the demo storefront when they are pasted in."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.described import described
from tidings.bootstrap import Runtime
from tidings.storefronts.demo import ensure_demo

KEY = "td_test_key_of_the_explorer"
OK = range(200, 300)

# Operation → why its example needs more than the demo storefront and an order.
NEED_MORE = {
    "shipments_dispatch": "the order's checks come first: tried below",
    "shipments_track": "a parcel comes first: tried below",
    "orders_cancel": "tried last, below: nothing can be done with the order after it",
    "tasks_tell_outcome": "a task comes of something that went wrong",
    "refunds_tell_outcome": "money must have gone back by hand: tests/api/changes",
    "messages_resend": "the worker must have tried the message",
    "templates_review": "somebody must have submitted it, and somebody else reviews: tests/api/templates/stored",
    "messages_cancel": "tried below: the order must be fresh",
}

# Id in a path → the operation whose example makes one.
MADE_BY = {
    "key_id": "api_keys_create",
    "template_id": "templates_create",
    "review_id": "reviews_ask_for",
    "hold_id": "privacy_place",
    "endpoint_id": "webhook_endpoints_create",
}

# The same, of an order that was placed.
MADE_OF_AN_ORDER = {
    "issue_id": "issues_open_by_hand",
    "request_id": "changes_request",
    "document_id": "documents_issue_for_order",
}

HEADERS = {
    # A correction names the version that it corrects.
    "orders_amend": {"If-Match": "*"},
    # Whoever asked does not approve.
    "changes_decide": {"Tidings-Actor": "staff/anna"},
}


@cache
def paths() -> dict[str, Any]:
    return described()["paths"]


def examples() -> Iterator[tuple[str, str, str, Any]]:
    """Operation id, method, path and body of each example."""
    for path, methods in paths().items():
        for method, operation in methods.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for example in content.get("examples", {}).values():
                    yield operation["operationId"], method, path, example["value"]


ALL = [pytest.param(*example, id=f"{example[0]}-{n}") for n, example in enumerate(examples())]


@pytest.fixture
async def demo(api_runtime: Runtime, clients: Clients, clock: FixedClock) -> httpx.AsyncClient:
    """A client of the demo storefront."""
    made_with = {"catalogue": api_runtime.registry, "vault": api_runtime.vault, "now": clock.now()}
    await ensure_demo(api_runtime.begin, [KEY], **made_with)
    return await clients.with_key(KEY)


async def paste(client: httpx.AsyncClient, operation: str, **ids: str) -> dict[str, Any]:
    """Carry out the first example of an operation."""
    _, method, path, body = next(example for example in examples() if example[0] == operation)
    answer = await client.request(method, path.format(**ids), json=body)
    assert answer.status_code in OK, answer.text
    return answer.json()


async def known_ids(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """Something of the demo storefront for each id in the path."""
    ids: dict[str, str] = {}
    for name in re.findall(r"{(\w+)}", path):
        if name == "order_id":
            ids[name] = (await paste(client, "orders_place"))["id"]
        elif name in MADE_OF_AN_ORDER:
            order = (await paste(client, "orders_place"))["id"]
            ids[name] = (await paste(client, MADE_OF_AN_ORDER[name], order_id=order))["id"]
        elif name == "connection_id":
            ids[name] = (await client.get("/v1/connections")).json()["items"][0]["id"]
        elif name == "sku":
            ids[name] = (await paste(client, "stock_keep", sku="TEA-01"))["sku"]
        elif name in MADE_BY:
            ids[name] = (await paste(client, MADE_BY[name]))["id"]
        else:
            pytest.fail(f"nothing of the demo storefront has the id {name}: say how to come by one")
    return ids


@pytest.mark.parametrize(("operation", "method", "path", "body"), ALL)
async def test_an_example_works_when_pasted_in(
    demo: httpx.AsyncClient, operation: str, method: str, path: str, body: Any
) -> None:
    if operation in NEED_MORE or path.startswith("/v1/callbacks/"):
        return
    headers = HEADERS.get(operation, {})
    answer = await demo.request(method, path.format(**await known_ids(demo, path)), json=body, headers=headers)
    assert answer.status_code in OK, answer.text


async def test_examples_tell_the_story_of_an_order(demo: httpx.AsyncClient) -> None:
    order = (await paste(demo, "orders_place"))["id"]
    await paste(demo, "verification_decide_payment", order_id=order)
    await paste(demo, "verification_decide_stock", order_id=order)
    parcel = (await paste(demo, "shipments_dispatch", order_id=order))["id"]
    await paste(demo, "shipments_track", shipment_id=parcel)
    assert (await demo.get(f"/v1/orders/{order}/timeline")).json()["items"]


async def test_an_order_can_be_cancelled_and_its_message_taken_back(demo: httpx.AsyncClient) -> None:
    order = (await paste(demo, "orders_place"))["id"]
    (message,) = (await demo.get(f"/v1/orders/{order}/messages")).json()["items"]
    await paste(demo, "messages_cancel", message_id=message["id"])
    await paste(demo, "orders_cancel", order_id=order)


def test_what_needs_more_exists() -> None:
    assert set(NEED_MORE) <= {
        operation["operationId"] for methods in paths().values() for operation in methods.values()
    }
