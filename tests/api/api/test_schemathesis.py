"""Whatever the document allows, and what it does not, is answered as the document says, and never with a fault of ours.

Cases are generated from the document with a fixed seed, sound ones and unsound ones, and sent as they are, and once
more at things that exist.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from tests.fixtures.described import described
from tests.fixtures.kept import Kept
from tests.fixtures.orders import order_body

load_all_checks()

# `make test-long` tries ten times as many.
EXAMPLES = [pytest.param(20, marks=pytest.mark.timeout(120)), pytest.param(200, marks=pytest.mark.long)]

# Check → why it is left out.
LEFT_OUT = {
    checks.positive_data_acceptance: "totals, telephone numbers and postcodes are not in JSON Schema",
    checks.ignored_auth: "sends requests of its own; test_app.py tries every route without a key",
    checks.object_level_authorization: "the same; each slice tries another storefront's ids",
    checks.use_after_free: "needs a server that is shared by many cases",
    checks.ensure_resource_availability: "the same",
}
# Operation → a check that does not hold there, with the reason.
LEFT_OUT_OF = {
    "orders_place_batch": {
        checks.negative_data_rejection: "each order has its own outcome: a bad one is told among the others, with 200"
    }
}


TEXT = {"string", "null"}
CONSTRAINTS = {"pattern", "format", "enum", "minLength", "maxLength", "anyOf", "const"}


@cache
def schema() -> Any:
    """The document without its security: every case has a key, test_app.py tries what happens without one."""
    made = described()
    del made["components"]["securitySchemes"]
    for methods in made["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return schemathesis.openapi.from_dict(made)


def operations() -> Iterator[Any]:
    for found in schema().get_all_operations():
        operation = found.ok()
        if operation.path.startswith("/v1/"):
            yield pytest.param(operation, id=operation.definition.raw["operationId"])


def cases(operation: Any, examples: int) -> list[Any]:
    """As many as asked for: half of them sound, half not; where nothing can be unsound, all of them sound."""
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if can_be_unsound(operation) else [None]
    collected: list[Any] = []
    for mode in modes:

        @settings(
            max_examples=examples // len(modes),
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode or GenerationMode.POSITIVE))
        def collect(case: Any) -> None:
            collected.append(case)

        collect()
    return collected


def can_be_unsound(operation: Any) -> bool:
    """Not what takes any text at all: whoever searches there for something unsound searches long, and in vain."""
    asked = [parameter["schema"] for parameter in operation.definition.raw.get("parameters", ())]
    allowed = [kind for schema in asked for kind in schema.get("anyOf", [schema])]
    return bool(operation.body) or any(kind.keys() & CONSTRAINTS or kind["type"] not in TEXT for kind in allowed)


# Of an order: a parcel, a message, a request that waits for its decision …
World = tuple[dict[str, str], dict[str, bytes]]


@pytest.fixture(scope="session")
def worlds() -> list[World]:
    """The one that is made the first time."""
    return []


@pytest.fixture
async def known(api: httpx.AsyncClient, kept: Kept, worlds: list[World]) -> dict[str, str]:
    """Something that exists, for each kind of id."""
    if not worlds:
        made = await _made(api)
        worlds.append((made, await kept.copied()))
    ids, rows = worlds[0]
    await kept.lay_out(rows)
    return ids


async def _made(api: httpx.AsyncClient) -> dict[str, str]:
    order = (await api.post("/v1/orders", json=order_body())).json()["id"]
    for check in ("payment-check", "stock-check"):
        await api.put(f"/v1/orders/{order}/{check}", json={"outcome": "passed"})
    parcel = (await api.post(f"/v1/orders/{order}/shipments", json={"carrier": "dhl", "tracking_number": "1"})).json()
    messages = (await api.get(f"/v1/orders/{order}/messages")).json()["items"]
    connection = {"name": "known", "channel": "sms", "provider": "sandbox"}
    key = {"name": "known", "principal": "known", "scopes": ["orders"]}
    endpoint = {"url": "http://127.0.0.1:9/"}
    draft = {"milestone": "order_completed", "wording": {"en": {"push": {"title": "#{{ number }}", "body": "Done."}}}}
    return {
        "order_id": order,
        "shipment_id": parcel["id"],
        "sku": (await api.put("/v1/stock/TEA-01", json={"on_hand": 9})).json()["sku"],
        "message_id": messages[0]["id"],
        **await _wishes(api, order),
        "issue_id": (await api.post(f"/v1/orders/{order}/issues", json={"kind": "other"})).json()["id"],
        "connection_id": (await api.post("/v1/connections", json=connection)).json()["id"],
        "template_id": (await api.post("/v1/templates", json=draft)).json()["id"],
        "endpoint_id": (await api.post("/v1/webhook-endpoints", json=endpoint)).json()["id"],
        "key_id": (await api.post("/v1/api-keys", json=key)).json()["id"],
    }


async def _wishes(api: httpx.AsyncClient, order: str) -> dict[str, str]:
    """A request that waits for its decision, and a refund of another order that waits to be paid."""
    other = (await api.post("/v1/orders", json=order_body(number="known"))).json()["id"]
    await api.put(f"/v1/orders/{other}/payment-check", json={"outcome": "passed"})
    moved = {"kind": "modification", "changes": {"billing_address": {"line2": "3rd floor"}}}
    waiting = (await api.post(f"/v1/orders/{order}/change-requests", json=moved)).json()
    gone = (await api.post(f"/v1/orders/{other}/change-requests", json={"kind": "cancellation"})).json()
    path, by = f"/v1/change-requests/{gone['id']}/decision", {"Tidings-Actor": "staff/known"}
    approved = (await api.post(path, json={"outcome": "approved"}, headers=by)).json()
    return {"request_id": waiting["id"], "refund_id": approved["refund"]["id"]}


async def answered(api: httpx.AsyncClient, case: Any) -> httpx.Response:
    """The case's request, sent to the byte."""
    given = case.as_transport_kwargs(base_url=str(api.base_url))
    names = ("method", "url", "headers", "params", "data", "json", "files")
    prepared = requests.Request(**{name: given[name] for name in names if name in given}).prepare()
    content = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    return await api.request(prepared.method, prepared.url, headers=dict(prepared.headers), content=content)


@pytest.mark.parametrize("operation", list(operations()))
@pytest.mark.parametrize("examples", EXAMPLES)
async def test_every_answer_is_one_that_the_document_tells_of(
    api: httpx.AsyncClient, known: dict[str, str], operation: Any, examples: int
) -> None:
    left_out = [*LEFT_OUT, *LEFT_OUT_OF.get(operation.definition.raw["operationId"], ())]
    for case in cases(operation, examples):
        case.validate_response(await answered(api, case), excluded_checks=left_out)
        if set(case.path_parameters or ()) & set(known):
            case.path_parameters = {**case.path_parameters, **{n: known[n] for n in case.path_parameters if n in known}}
            answer = await answered(api, case)
            assert answer.status_code < 500, answer.text
            assert str(answer.status_code) in operation.definition.raw["responses"], answer.text
