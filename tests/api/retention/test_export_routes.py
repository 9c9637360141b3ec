"""Exports over HTTP."""

import io
import json
import zipfile
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx

from tests.clock import FixedClock
from tests.fixtures.drained import one
from tests.fixtures.errands import Errands
from tests.fixtures.privacy import EMAIL, PHONE, STREET, her_order
from tests.fixtures.steps import NOWHERE, did
from tidings.kit.db import Begin

NO_EXPORT = f"exp_{0:032x}"


async def made(api: httpx.AsyncClient, errands: Errands, **person: str) -> dict[str, Any]:
    asked = await api.post("/v1/exports", json=person)
    assert asked.status_code == 202, asked.text
    await errands()
    return await did(await api.get(asked.headers["Location"]))


def opened(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


async def test_somebody_gets_all_that_is_known_of_them(api: httpx.AsyncClient, errands: Errands, begin: Begin) -> None:
    order_id = await her_order(api)
    await did(await api.post(f"/v1/orders/{order_id}/notes", json={"text": "Called, asked for wrapping."}))
    export = await made(api, errands, email=EMAIL.lower())
    assert (export["status"], export["orders"]) == ("ready", 1)
    answer = await api.get(f"/v1/exports/{export['id']}/content")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    digest = sha256(answer.content)
    assert (export["sha256"], export["size"]) == (digest.hexdigest(), len(answer.content))
    assert answer.headers["Repr-Digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
    told = opened(answer.content)
    assert set(told) == {"export.json", f"orders/{order_id}.json"}
    assert told["export.json"]["person"] == {"email": EMAIL.lower(), "phone": None}
    of_order = told[f"orders/{order_id}.json"]
    assert of_order["orders"][0]["details"]["shipping_address"]["line1"] == STREET
    assert of_order["order_notes"][0]["text"] == "Called, asked for wrapping."
    assert of_order["messages"][0]["recipient"].lower() == EMAIL.lower()
    assert {"events", "order_lines", "deadlines", "records"} <= set(of_order)
    kinds = await one(begin, "SELECT array_agg(kind ORDER BY id) FROM records WHERE kind LIKE 'export.%'")
    assert kinds[0] == ["export.requested", "export.made", "export.fetched"]
    assert (await one(begin, "SELECT person FROM exports"))[0] is None


async def test_an_export_by_phone_and_by_order_and_of_nobody(api: httpx.AsyncClient, errands: Errands) -> None:
    first, second = await her_order(api), await her_order(api)
    assert (await made(api, errands, phone=PHONE))["orders"] == 2
    assert (await made(api, errands, order_id=first))["orders"] == 2
    assert (await made(api, errands, email="nobody@example.com"))["orders"] == 0
    exports = (await did(await api.get("/v1/exports?limit=2")))["items"]
    assert [one["orders"] for one in exports] == [0, 2]
    assert second != first


async def test_an_export_is_fetched_when_it_is_ready_and_not_for_ever(
    api: httpx.AsyncClient, errands: Errands, clock: FixedClock
) -> None:
    await her_order(api)
    asked = await did(await api.post("/v1/exports", json={"email": EMAIL}))
    path = f"/v1/exports/{asked['id']}/content"
    early = await api.get(path)
    assert (early.status_code, early.json()["type"]) == (409, "urn:tidings:problem:export-not-ready")
    await errands()
    assert (await api.get(path)).status_code == 200
    clock.advance(timedelta(days=7))
    late = await api.get(path)
    assert (late.status_code, late.json()["type"]) == (410, "urn:tidings:problem:export-expired")


async def test_what_is_not_there_is_not_found(api: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    assert (await api.get(f"/v1/exports/{NO_EXPORT}")).status_code == 404
    assert (await api.get(f"/v1/exports/{NO_EXPORT}/content")).status_code == 404
    assert (await api.post("/v1/exports", json={"order_id": NOWHERE})).status_code == 404
    assert (await api.post("/v1/exports", json={"phone": "nobody's"})).status_code == 422
    asked = await did(await api.post("/v1/exports", json={"email": EMAIL}))
    assert (await stranger.get(f"/v1/exports/{asked['id']}")).status_code == 404


async def test_an_export_of_somebody_without_orders_goes_with_an_erasure(
    api: httpx.AsyncClient, errands: Errands, minute_later: Errands, begin: Begin
) -> None:
    theirs, another = await made(api, errands, phone=PHONE), await made(api, errands, email="nobody@example.com")
    await did(await api.post("/v1/erasures", json={"email": EMAIL, "phone": PHONE}))
    await minute_later()
    gone = await api.get(f"/v1/exports/{theirs['id']}/content")
    assert (gone.status_code, gone.json()["type"]) == (410, "urn:tidings:problem:export-expired")
    assert (await one(begin, "SELECT count(*) FROM records WHERE kind = 'export.expired'"))[0] == 1
    assert (await api.get(f"/v1/exports/{another['id']}/content")).status_code == 200
