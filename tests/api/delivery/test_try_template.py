"""A version shown with an order in it: a sample, or one of the shop's own, of which nothing is kept."""

import httpx
import pytest

from tests.fixtures.shop import Shop
from tests.fixtures.steps import NOWHERE, did, dispatched, passed, placed
from tests.fixtures.templates import (
    ANNA,
    CATALOGUE,
    NO_TEMPLATE,
    SMS,
    built_in_layout,
    drafted,
    kind_of,
    step,
)
from tidings.kit.db import Begin
from tidings.templates.samples import SAMPLES

NAME = "Grace Hopper-Nirgendwo"


async def preview(api: httpx.AsyncClient, version: dict[str, str], **body: str) -> httpx.Response:
    return await api.post(f"/v1/templates/{version['id']}/preview", json={"channel": "email"} | body, headers=ANNA)


async def built_in(api: httpx.AsyncClient, milestone: str) -> dict[str, str]:
    (found,) = (await did(await api.get(f"/v1/templates?milestone={milestone}&origin=built-in")))["items"]
    return dict(found)


@pytest.mark.parametrize("sample", SAMPLES)
async def test_a_draft_is_shown_with_each_sample_order(api: httpx.AsyncClient, sample: str) -> None:
    draft = await drafted(api, layout=built_in_layout())
    shown = await did(await preview(api, draft, locale="de", sample=sample))
    assert (shown["version"], shown["locale"], shown["subject"][:6]) == (101, "de", "Hooray")
    assert "<html" in shown["html"]


async def test_a_built_in_version_is_shown_too(api: httpx.AsyncClient) -> None:
    version = await built_in(api, "order_dispatched")
    shown = await did(await preview(api, version, channel="sms"))
    assert shown["version"] == CATALOGUE.milestones["order_dispatched"].version
    assert shown["text"].startswith("Your order #W-10045 has been dispatched and is on its way!")
    assert shown["extras"]["segments"] <= 4


async def test_a_real_order_is_shown_in_its_own_language_and_nothing_is_kept_of_it(
    api: httpx.AsyncClient, begin: Begin
) -> None:
    order = await placed(api, customer={"name": NAME, "locale": "de-DE"})
    draft = await drafted(api, {"de": {"sms": SMS}})
    before = await everything(begin)
    shown = await did(await preview(api, draft, order_id=order["id"], channel="email"))
    assert shown["locale"] == "de"
    assert NAME in shown["text"]
    key = {"Idempotency-Key": "p-1"}
    path, body = f"/v1/templates/{draft['id']}/preview", {"channel": "email", "order_id": order["id"]}
    assert (await api.post(path, json=body, headers=key)).is_success
    assert await everything(begin) == before


async def everything(begin: Begin) -> dict[str, int]:
    """How often the customer's name is stored, and where."""
    async with begin.across() as tx:
        tables = await tx.raw.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        found = {}
        for (table,) in tables:
            like = await tx.raw.fetchval(f"SELECT count(*) FROM {table} t WHERE t::text LIKE $1", f"%{NAME}%")
            found[table] = like
        found["idempotency"] = await tx.raw.fetchval("SELECT count(*) FROM idempotency_keys")
    return found


async def test_a_parcel_is_shown_as_its_customer_was_told_of_it(api: httpx.AsyncClient) -> None:
    order = await placed(api)
    version = await built_in(api, "order_dispatched")
    refused = await preview(api, version, order_id=order["id"])
    assert (kind_of(refused), refused.json()["where"]) == ((422, "template-unrenderable"), "/shipment")
    await passed(api, order["id"])
    await dispatched(api, order["id"])
    shown = await did(await preview(api, version, order_id=order["id"], locale="en"))
    assert "Teapot" in shown["text"]


async def test_what_is_not_sound_is_not_shown(api: httpx.AsyncClient) -> None:
    draft = await drafted(api, {"en": {"sms": {"text": "{{ ''.__class__ }}"}}})
    refused = await preview(api, draft, channel="sms")
    assert (kind_of(refused), refused.json()["where"]) == ((422, "template-unrenderable"), "/wording/en/sms/text")


async def test_what_is_not_there_is_not_shown(
    api: httpx.AsyncClient, live_api: httpx.AsyncClient, stranger: httpx.AsyncClient, shop: Shop
) -> None:
    order, draft = await placed(api), await drafted(api)
    for client, version, body in (
        (api, {"id": NO_TEMPLATE}, {}),
        (api, {"id": "nonsense"}, {}),
        (api, draft, {"order_id": NOWHERE}),
        (live_api, await built_in(live_api, "order_confirmation"), {"order_id": order["id"]}),
        (stranger, await built_in(stranger, "order_confirmation"), {"order_id": order["id"]}),
        (stranger, draft, {}),
    ):
        assert kind_of(await preview(client, version, **body)) == (404, "not-found")
    both = await preview(api, draft, order_id=order["id"], sample="long")
    assert kind_of(both) == (422, "invalid-input")
    assert kind_of(await step(api, draft, "preview", ANNA, channel="fax")) == (422, "invalid-input")
