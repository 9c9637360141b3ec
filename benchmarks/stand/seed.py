"""The databases that everything starts from: shops, three orders that went through the product, and their copies."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import httpx
from twilio.request_validator import RequestValidator

from benchmarks.load.requests import PHONE, order_body
from benchmarks.stand.clone import Copies, Model, clone, keep_model
from benchmarks.stand.product import ACCOUNT, AUTH_TOKEN, Api, Product
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin, Scope
from tidings.kit.engine import create_engine
from tidings.kit.ids import parse
from tidings.storefronts.issue_key import IssueKey, issue_key
from tidings.storefronts.kinds import SCOPES
from tidings.storefronts.open import OpenStorefront, open_storefront
from tidings.storefronts.schemas import Brand, Contact, Legal

# `shop` is everybody's; the others are for rows about fairness.
SHOPS: Final = ("shop", "second", "third", "fourth")
_ACTOR: Final = "benchmarks"
# Orders in the tables before anything is measured.
SEEDED_ORDERS: Final = 10_000
_APART: Final = timedelta(seconds=13)
# Older than Idempotency-Keys are kept, and than anything that is looked after in the first days.
_YOUNGEST: Final = timedelta(days=4)
_FORGOTTEN: Final = frozenset({"idempotency_keys"})
_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Shop:
    """A storefront with a live key and a Twilio connection."""

    slug: str
    id: UUID
    key: str
    connection_id: UUID


@dataclass(slots=True)
class Seed:
    """What the templates hold."""

    shops: dict[str, Shop]
    # An order whose confirmation was delivered; one whose confirmation was accepted; one that still owes it.
    delivered: Model
    accepted: Model
    pending: Model
    # Numbers are used once, over all databases.
    next_serial: int = 1_000_000

    @property
    def shop(self) -> Shop:
        """The one that most rows are about."""
        return self.shops["shop"]

    def take(self, count: int) -> int:
        """The first of so many numbers that nobody has had."""
        first = self.next_serial
        self.next_serial += count
        return first

    def copies(self, model: Model, count: int, shop: Shop | None = None, **more: Any) -> Copies:
        """Copies of a model, for a shop."""
        owner = shop or self.shop
        return Copies(
            model=model, count=count, first=self.take(count), storefront_id=owner.id,
            connection_id=owner.connection_id, **more,
        )  # fmt: skip


async def make_bare(product: Product, provider_port: int) -> Seed:
    """The template without orders: `bench_bare`."""
    database = await product.stores.create("bare")
    keys = await _open_shops(product, database)
    async with _running(product, database) as api:
        shops = {slug: await _connected(api, slug, *keys[slug], provider_port) for slug in SHOPS}
        worker = await product.work(database, "seed-worker")
        try:
            async with _client(api, shops["shop"].key) as client:
                delivered = await _delivered(client, api, shops["shop"])
                accepted = await _placed(client, 2)
                await _sent(client, accepted)
        finally:
            worker.stop()
        async with _client(api, shops["shop"].key) as client:
            pending = await _placed(client, 3)
    async with product.stores.admin(database) as connection:
        for model in (delivered, accepted, pending):
            await keep_model(connection, model.order_id)
        await connection.execute("DELETE FROM outbox")
        await connection.execute("VACUUM ANALYZE")
    return Seed(shops, delivered, accepted, pending)


async def make_seeded(product: Product, seed: Seed) -> None:
    """The template with orders: `bench_seeded`."""
    database = await product.stores.create("seeded", "bare")
    await add_history(product, database, seed, SEEDED_ORDERS)


async def add_history(product: Product, database: str, seed: Seed, messages: int) -> None:
    """Messages of the past, all of them delivered, each of an order of its own; analysed."""
    half = (messages + 1) // 2
    spans = ((half, _APART * (messages - half)), (messages - half, timedelta()))
    await asyncio.gather(*(_add_span(product, database, seed, count, age) for count, age in spans if count))
    async with product.stores.admin(database) as connection:
        await connection.execute("VACUUM ANALYZE")
    await product.stores.checkpoint()


async def _add_span(product: Product, database: str, seed: Seed, count: int, age: timedelta) -> None:
    copies = seed.copies(seed.delivered, count, apart=_APART, age=age + _YOUNGEST, without=_FORGOTTEN)
    async with product.stores.admin(database) as connection:
        await clone(connection, copies)


async def _open_shops(product: Product, database: str) -> dict[str, tuple[UUID, str]]:
    engine = create_engine(product.stores.url(database), pool_size=1)
    begin, now, made = Begin(engine), SystemClock().now(), {}
    for slug in SHOPS:
        command = OpenStorefront(
            slug=slug, name="Teahouse", locale="de-DE", time_zone="Europe/Berlin",
            brand=Brand(color="#0a6640", url="https://teahouse.example"),
            contact=Contact(email="hello@teahouse.example", phone="+49 30 23125000"),
            legal=Legal(company="Teahouse GmbH", address="Teestraße 1, 10115 Berlin"),
        )  # fmt: skip
        async with begin.across() as tx:
            row = await open_storefront(tx, command, actor=_ACTOR, now=now)
        wanted = IssueKey(name=_ACTOR, principal=_ACTOR, scopes=SCOPES, given=f"td_live_{slug}_of_the_benchmarks")
        async with begin(Scope(row.id, "live")) as tx:
            made[slug] = row.id, (await issue_key(tx, wanted, actor=_ACTOR, now=now)).key
    await begin.close()
    return made


async def _connected(api: Api, slug: str, shop_id: UUID, key: str, provider_port: int) -> Shop:
    asked = {
        "name": "sms", "channel": "sms", "provider": "twilio",
        "settings": {
            "base_url": f"http://127.0.0.1:{provider_port}/instant", "account_sid": ACCOUNT, "from": "+15005550006",
        },
        "secrets": {"auth_token": AUTH_TOKEN},
    }  # fmt: skip
    async with _client(api, key) as client:
        connection = await _did(client, "POST", "/v1/connections", asked)
    return Shop(slug, shop_id, key, _uuid("con", connection["id"]))


async def _delivered(client: httpx.AsyncClient, api: Api, shop: Shop) -> Model:
    """An order whose confirmation has arrived."""
    model = await _placed(client, 1)
    (attempt,) = await _sent(client, model)
    await _call_back(client, api, shop, attempt, model.phone)
    return model


async def _placed(client: httpx.AsyncClient, serial: int) -> Model:
    number = f"MODEL-{serial:012}"
    answer = await client.post("/v1/orders", content=order_body(serial, number), headers={"Idempotency-Key": number})
    answer.raise_for_status()
    order = answer.json()
    return Model(_uuid("ord", order["id"]), number, f"{PHONE}{serial:07}", f"ada{serial:012}@example.com")


async def _sent(client: httpx.AsyncClient, model: Model) -> list[Mapping[str, Any]]:
    """The attempts at an order's confirmation, once it has been sent."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            found = (await _did(client, "GET", f"/v1/orders/ord_{model.order_id.hex}/messages"))["items"]
            if [message["status"] for message in found] == ["sent"]:
                return list((await _did(client, "GET", f"/v1/messages/{found[0]['id']}"))["attempts"])
            await asyncio.sleep(0.1)


async def _call_back(client: httpx.AsyncClient, api: Api, shop: Shop, attempt: Mapping[str, Any], phone: str) -> None:
    path = f"/v1/callbacks/con_{shop.connection_id.hex}?a={attempt['id']}"
    sid = attempt["provider_message_id"]
    fields = {"MessageSid": sid, "MessageStatus": "delivered", "SmsSid": sid, "SmsStatus": "delivered", "To": phone,
              "From": "+15005550006", "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01"}  # fmt: skip
    seal = RequestValidator(AUTH_TOKEN).compute_signature(api.url + path, fields)
    headers = {"x-twilio-signature": seal, "content-type": "application/x-www-form-urlencoded"}
    (await client.post(path, content=urlencode(fields), headers=headers)).raise_for_status()


async def _did(client: httpx.AsyncClient, method: str, path: str, body: object = None) -> Any:
    answer = await client.request(method, path, json=body)
    answer.raise_for_status()
    return answer.json()


@asynccontextmanager
async def _running(product: Product, database: str) -> AsyncIterator[Api]:
    api = await product.serve(database, "seed-api")
    with api.process:
        yield api


def _client(api: Api, key: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    return httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False)


def _uuid(prefix: Any, text: str) -> UUID:
    found = parse(prefix, text)
    if found is None:
        message = f"{text} is no {prefix}_…"
        raise ValueError(message)
    return found
