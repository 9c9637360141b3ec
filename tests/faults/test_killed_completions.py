"""Orders are completed and their documents made while workers are killed: no gap, no double, nothing lost."""

import asyncio
import base64
import hashlib
import os
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doubles.sendgrid import SendGridDouble
from tests.faults.test_killed_errands import until
from tests.fixtures import steps
from tests.fixtures.doubled import connect
from tests.fixtures.facts import told
from tests.fixtures.nursery import NurseryWorker
from tests.fixtures.processes import environment
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.outbox.fetch import MOST_LOST_LEASES

pytestmark = pytest.mark.faults

ORDERS = int(os.environ.get("TIDINGS_TEST_COMPLETIONS", "64"))
SEED = int(os.environ.get("TIDINGS_TEST_SEED", "20261129"))
# What is in hand each time is not given up yet.
KILLS = 4
assert KILLS < MOST_LOST_LEASES
KINDS = 2
LINES = [
    {"sku": "POT-01", "name": "Teapot", "quantity": 1, "unit_price": {"amount": 3000, "currency": "EUR"},
     "tax_rate": "0.19", "warranty_months": 24}
]  # fmt: skip
PAPERWORK = {"paperwork": {"e_invoice": "factur-x"}, "not_told": ["order_dispatched", "order_delivered"]}
PROGRESS = (
    "SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM document_files)"
    " + (SELECT count(*) FROM messages WHERE milestone = 'order_completed' AND sent_at IS NOT NULL)"
)


async def delivered(api: httpx.AsyncClient, n: int) -> str:
    customer = {"email": f"ada.{n}@example.com", "preferred_channel": "email"}
    order_id = str((await steps.placed(api, lines=LINES, customer=customer))["id"])
    await steps.passed(api, order_id)
    await steps.arrived(api, await steps.dispatched(api, order_id))
    return order_id


async def completed(api: httpx.AsyncClient, order_id: str) -> None:
    """As a shop's system does it: whoever is told that nothing was stored (too many at once) asks again."""
    key = {"Idempotency-Key": order_id}
    path = f"/v1/orders/{order_id}/completion"
    while (answer := await api.post(path, headers=key)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
        await asyncio.sleep(0.1)
    await steps.did(answer)


async def count(begin: Begin, sql: str) -> int:
    ((found,),) = [tuple(row.values()) for row in await told(begin, sql)]
    return int(found)


async def work_with_kills(begin: Begin, env: dict[str, str], log: Path) -> list[NurseryWorker]:
    """Two workers; each time they have got a little further, one of them is killed at a random moment and replaced."""
    dice = random.Random(SEED)
    workers = [NurseryWorker(env, log), NurseryWorker(env, log)]
    for kill in range(KILLS):
        before = await count(begin, PROGRESS)
        async with asyncio.timeout(60):
            while await count(begin, PROGRESS) < before + ORDERS // 4:
                await asyncio.sleep(0.01)
        await asyncio.sleep(dice.uniform(0, 0.2))
        workers[kill % 2].kill()
        # The leases of whoever was killed are over.
        async with begin.across() as tx:
            await tx.raw.execute("UPDATE errands SET lease_until = now() - interval '1 s' WHERE lease_until > now()")
        workers[kill % 2].start()
    return workers


async def test_completions_under_kills_leave_numbers_without_gaps_and_one_document_of_each_kind(
    begin: Begin, shop: Shop, live_api: httpx.AsyncClient, worker_database_url: str, tmp_path: Path
) -> None:
    env, log = environment(worker_database_url, None), tmp_path / "log"
    await steps.did(await live_api.patch("/v1/policy", json=PAPERWORK))
    orders = [await delivered(live_api, n) for n in range(ORDERS)]
    async with SendGridDouble() as mail:
        await connect(begin, shop, env, channel="email", provider="sendgrid", double=mail)
        working = asyncio.get_running_loop().create_task(work_with_kills(begin, env, log))
        await asyncio.gather(*(completed(live_api, one) for one in orders))
        workers = await working
        try:
            await until(begin, "SELECT count(*) FROM document_files", ORDERS * KINDS, seconds=120)
            sent = "SELECT count(*) FROM messages WHERE milestone = 'order_completed' AND sent_at IS NOT NULL"
            await until(begin, sent, ORDERS, seconds=60)
        finally:
            for worker in workers:
                worker.kill()
    for kind in ("invoice", "warranty"):
        rows = await told(begin, "SELECT number, order_id FROM documents WHERE kind = $1 ORDER BY number", kind)
        assert [row["number"] for row in rows] == list(range(1, ORDERS + 1)), "no gap, no double"
        assert len({row["order_id"] for row in rows}) == ORDERS, "one for each order"
    assert await told(begin, "SELECT id FROM errands WHERE kind = 'make_document'") == []
    assert await told(begin, "SELECT id FROM tasks WHERE kind IN ('errand_parked', 'document_not_made')") == []
    await _attached(begin, [each.body for each in mail.received if each.body.get("attachments")])


async def _attached(begin: Begin, bodies: list[dict[str, Any]]) -> None:
    """Every completion message carried its order's two documents, byte for byte."""
    made = {row["sha256"] for row in await told(begin, "SELECT sha256 FROM document_files")}
    seen: dict[str, set[bytes]] = {}
    for body in bodies:
        to = body["personalizations"][0]["to"][0]["email"]
        digests = {hashlib.sha256(base64.b64decode(one["content"])).digest() for one in body["attachments"]}
        assert len(digests) == KINDS
        # A message whose worker died over it goes again, and says the same.
        assert seen.setdefault(to, digests) == digests
    assert len(seen) == ORDERS
    assert set().union(*seen.values()) == made
