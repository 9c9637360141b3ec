"""What must happen after a commit, whatever happens to the workers, to Valkey, and to somebody else's verifier."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doubles.stripe_refunds import StripeRefundsDouble
from tests.doubles.turns import delays, hangs
from tests.doubles.verifier import VerifierDouble
from tests.fixtures import steps
from tests.fixtures.api import Clients
from tests.fixtures.doubled import connect
from tests.fixtures.facts import told
from tests.fixtures.nursery import NurseryWorker
from tests.fixtures.processes import environment
from tests.fixtures.shop import Shop
from tidings.cli.embedded.valkey import Valkey
from tidings.kit.db import Begin
from tidings.outbox.fetch import MOST_LOST_LEASES

pytestmark = pytest.mark.faults

REFUNDS = 12
# What is in hand each time is not given up yet.
KILLS = 2
assert KILLS < MOST_LOST_LEASES
# Between two looks at the promises; the machine may be late by as much.
SWEEP_SECONDS = 2
CUSTOMER = {"email": "ada@example.com", "phone": "+4915112345678"}


@contextmanager
def working(env: dict[str, str], log: Path) -> Iterator[NurseryWorker]:
    """One worker, until the block is left or it is killed."""
    worker = NurseryWorker(env, log)
    try:
        yield worker
        if worker.process.is_alive():
            assert worker.stop() in {0, -signal.SIGTERM}, log.read_text()[-3000:]
    finally:
        if worker.process.is_alive():
            worker.kill()


async def until(begin: Begin, sql: str, wanted: object, *, seconds: float = 60) -> float:
    """Wait until the question has this answer; says for how long."""
    clock = asyncio.get_running_loop().time
    started, found = clock(), None
    while clock() - started < seconds:
        ((found,),) = [tuple(row.values()) for row in await told(begin, sql)]
        if found == wanted:
            return clock() - started
        await asyncio.sleep(0.05)
    raise AssertionError(f"{found!r}, and not {wanted!r}: {sql}")


async def placed(api: httpx.AsyncClient, number: int, **changes: Any) -> str:
    payment = {"method": "card", "provider": "stripe", "reference": f"pi_{number}"}
    return str((await steps.placed(api, payment=payment, customer=CUSTOMER, **changes))["id"])


async def called_off(api: httpx.AsyncClient, order_id: str) -> None:
    """Paid, and then cancelled at the customer's wish: the money is asked for in the decision's own transaction."""
    await steps.did(await api.put(f"/v1/orders/{order_id}/payment-check", json={"outcome": "passed"}))
    asked = {"kind": "cancellation", "requested_by": "customer"}
    by = {"Tidings-Actor": "staff/anna"}
    request = await steps.did(await api.post(f"/v1/orders/{order_id}/change-requests", json=asked, headers=by))
    by = {"Tidings-Actor": "staff/ben"}
    path = f"/v1/change-requests/{request['id']}/decision"
    await steps.did(await api.post(path, json={"outcome": "approved"}, headers=by))


async def test_workers_killed_between_a_decision_and_its_refund_pay_back_once(
    begin: Begin, shop: Shop, live_api: httpx.AsyncClient, worker_database_url: str, tmp_path: Path
) -> None:
    env, log = environment(worker_database_url, None), tmp_path / "log"
    async with StripeRefundsDouble() as stripe:
        stripe.always(delays(0.3))
        await connect(begin, shop, env, channel="payment", provider="stripe", double=stripe)
        for number in range(REFUNDS):
            await called_off(live_api, await placed(live_api, number))
        for _ in range(KILLS):
            with working(env, log) as worker:
                seen = len(stripe.requests)
                while len(stripe.requests) == seen:
                    await asyncio.sleep(0.02)
                worker.kill()
            # The lease of a minute is over.
            async with begin.across() as tx:
                await tx.raw.execute("UPDATE errands SET lease_until = now() WHERE lease_until IS NOT NULL")
        with working(env, log):
            await until(begin, "SELECT count(*) FROM refunds WHERE status = 'succeeded'", REFUNDS)
    assert sorted(refund.form["payment_intent"] for refund in stripe.made) == sorted(
        f"pi_{number}" for number in range(REFUNDS)
    )
    assert {refund.form["amount"] for refund in stripe.made} == {"3000"}
    facts = await told(begin, "SELECT kind, count(*) AS n FROM events WHERE kind LIKE 'refund.%' GROUP BY 1")
    assert {row["kind"]: row["n"] for row in facts} == {"refund.requested": REFUNDS, "refund.settled": REFUNDS}
    assert await told(begin, "SELECT * FROM errands WHERE kind = 'carry_refund'") == []


async def test_without_valkey_a_promise_is_missed_one_sweep_later_at_most_and_errands_go_on(
    begin: Begin, shop: Shop, live_api: httpx.AsyncClient, worker_database_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    env = environment(worker_database_url, valkey.url, TIDINGS_WORKER_SWEEP_SECONDS=str(SWEEP_SECONDS))
    policy = {"verification": {"stock": "ledger"}}
    await steps.did(await live_api.patch("/v1/policy", json=policy))
    await steps.did(await live_api.put("/v1/stock/TEA-01", json={"on_hand": 10}))
    await steps.did(await live_api.put("/v1/stock/POT-01", json={"on_hand": 10}))
    with working(env, tmp_path / "log"):
        first = await placed(live_api, 1)
        await until(begin, "SELECT count(*) FROM orders WHERE stock_check = 'passed'", 1)
        valkey.stop()
        try:
            async with begin.across() as tx:
                await tx.raw.execute("UPDATE deadlines SET due_at = now()")
            took = await until(begin, "SELECT count(*) FROM deadlines WHERE missed_at IS NOT NULL", 1)
            await placed(live_api, 2)
            await until(begin, "SELECT count(*) FROM orders WHERE stock_check = 'passed'", 2)
            await asyncio.sleep(SWEEP_SECONDS * 2)
        finally:
            valkey.start()
    assert took < SWEEP_SECONDS * 2
    kinds = [item["kind"] for item in (await live_api.get(f"/v1/orders/{first}/timeline")).json()["items"]]
    assert kinds.count("deadline.missed") == 1


async def test_a_verifier_that_hangs_holds_up_no_other_shops_orders(
    begin: Begin, shop: Shop, other_shop: Shop, clients: Clients, worker_database_url: str, tmp_path: Path
) -> None:
    env = environment(worker_database_url, None)
    async with VerifierDouble() as stuck, VerifierDouble() as quick:
        stuck.always(hangs())
        for each, double in ((shop, stuck), (other_shop, quick)):
            await connect(begin, each, env, channel="payment", provider="http", double=double)
            api = await clients.with_key(each.live_key)
            await steps.did(await api.patch("/v1/policy", json={"verification": {"payment": "provider"}}))
            for number in range(20):
                await placed(api, number)
        with working(env, tmp_path / "log"):
            paid = "SELECT count(*) FROM orders WHERE payment_check = 'passed'"
            await until(begin, paid, 20, seconds=30)
    orders = "SELECT DISTINCT storefront_id FROM orders WHERE payment_check = 'passed'"
    assert [row["storefront_id"] for row in await told(begin, orders)] == [other_shop.id]
    assert len(stuck.requests) < len(quick.questions) + 20
