"""Erasure over HTTP."""

import httpx
import pytest

from tests.fixtures.drained import count
from tests.fixtures.errands import Errands
from tests.fixtures.privacy import CUSTOMER, EMAIL, PRINTS, Left, her_order, traces
from tests.fixtures.steps import NOWHERE, did, order
from tidings.cli.embedded.postgres import Postgres
from tidings.kit.db import Begin

NOBODY = f"ers_{0:032x}"


async def erased(api: httpx.AsyncClient, minute_later: Errands, **person: str) -> dict[str, object]:
    asked = await api.post("/v1/erasures", json=person)
    assert asked.status_code == 202, asked.text
    await minute_later()
    return await did(await api.get(asked.headers["Location"]))


async def test_somebody_is_forgotten_everywhere_and_told_so(
    api: httpx.AsyncClient, minute_later: Errands, postgres: Postgres, database: str, begin: Begin
) -> None:
    first, second = await her_order(api), await her_order(api)
    other = (await did(await api.post("/v1/orders/search", json={"email": EMAIL})))["items"]
    assert {one["id"] for one in other} == {first, second}
    assert await traces(postgres, database)
    answer = await erased(api, minute_later, email=EMAIL.upper())
    assert (answer["status"], answer["kept"]) == ("done", [])
    assert answer["erased"] == {"orders": 2, "messages": 2, "taken_back": 2}
    assert await traces(postgres, database) == []
    assert await count(begin, "outbox") == 0
    told = await order(api, first)
    assert (told["customer"], told["shipping_address"], told["payment"]["method"]) == (None, None, "card")
    assert told["lines"][0]["sku"] == "TEA-01"
    for path in (f"/v1/orders/{first}", f"/v1/orders/{first}/timeline", f"/v1/orders/{first}/messages", "/v1/events"):
        shown = (await api.get(path)).text.lower()
        assert not [one for one in PRINTS if one in shown], path


@pytest.mark.parametrize(
    "body",
    [{}, {"email": EMAIL, "order_id": NOWHERE}, {"phone": "12"}, {"phone": "not a number"}, {"mail": EMAIL}],
)
async def test_nobody_in_particular_is_refused(api: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert (await api.post("/v1/erasures", json=body)).status_code == 422


async def test_an_unknown_order_or_erasure_is_not_found(api: httpx.AsyncClient) -> None:
    assert (await api.post("/v1/erasures", json={"order_id": NOWHERE})).status_code == 404
    assert (await api.get(f"/v1/erasures/{NOBODY}")).status_code == 404


async def test_what_was_erased_is_not_sent_again(api: httpx.AsyncClient, minute_later: Errands, begin: Begin) -> None:
    order_id = await her_order(api)
    await erased(api, minute_later, order_id=order_id)
    (message,) = (await did(await api.get(f"/v1/orders/{order_id}/messages")))["items"]
    assert message["status"] == "cancelled"
    again = await api.post(f"/v1/messages/{message['id']}/resend", json={"address": "new@example.com"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:tidings:problem:message-erased")
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE messages SET status = 'failed'")
    replayed = await api.post(f"/v1/messages/{message['id']}/replay")
    assert (replayed.status_code, replayed.json()["type"]) == (409, "urn:tidings:problem:message-erased")


@pytest.mark.parametrize("given", ["Zuleika@Müller.test", "zuleika@xn--mller-kva.test"])
async def test_somebody_is_found_by_either_spelling_of_a_domain(
    api: httpx.AsyncClient, minute_later: Errands, left: Left, given: str
) -> None:
    order_id = await her_order(api, customer=CUSTOMER | {"email": "zuleika@müller.test"})
    assert (await order(api, order_id))["customer"]["email"] == "zuleika@xn--mller-kva.test"
    for address in ("zuleika@müller.test", "zuleika@xn--mller-kva.test"):
        await did(await api.post("/v1/suppressions", json={"channel": "email", "address": address}))
    answer = await erased(api, minute_later, email=given)
    assert (answer["status"], answer["erased"]) == ("done", {"orders": 1, "messages": 1, "taken_back": 1})
    assert await left() == []


async def test_an_erasure_begins_a_minute_later(
    api: httpx.AsyncClient, errands: Errands, minute_later: Errands
) -> None:
    asked = await did(await api.post("/v1/erasures", json={"email": EMAIL}))
    # One that was received before it, and is committed only now.
    await her_order(api)
    await errands()
    assert (await did(await api.get(f"/v1/erasures/{asked['id']}")))["status"] == "requested"
    await minute_later()
    told = await did(await api.get(f"/v1/erasures/{asked['id']}"))
    assert (told["status"], told["erased"]["orders"]) == ("done", 1)
