"""Too many at once, none left, gone half-way: who cannot be served is told when to come back, nobody else suffers."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.fixtures.load import assert_whole
from tests.fixtures.nursery import NurseryApi
from tests.fixtures.orders import order_body
from tests.fixtures.processes import environment, free_port
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.bootstrap import Runtime
from tidings.kit.db import Begin

pytestmark = pytest.mark.faults

# As the fixture's engine has them: five kept, and as many again.
CONNECTIONS = 10


async def hold_all(begin: Begin, stack: AsyncExitStack) -> None:
    """Every connection that this process may have is in somebody's hands."""
    for _ in range(CONNECTIONS):
        await stack.enter_async_context(begin.across())


async def place(api: httpx.AsyncClient, n: int) -> httpx.Response:
    return await api.post("/v1/orders", json=order_body(), headers={"Idempotency-Key": f"k-{n}"})


async def test_without_a_free_connection_an_order_waits_a_little(api: httpx.AsyncClient, begin: Begin) -> None:
    async with AsyncExitStack() as held, asyncio.TaskGroup() as group:
        await hold_all(begin, held)
        answers = [group.create_task(place(api, n)) for n in range(20)]
        await asyncio.sleep(0.3)
        assert not any(answer.done() for answer in answers)
        await held.aclose()
    assert {answer.result().status_code for answer in answers} == {201}
    assert await assert_whole(begin, {}) == 20


async def test_without_a_free_connection_for_long_there_is_a_time_to_come_back(
    api: httpx.AsyncClient, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as held:
        await hold_all(begin, held)
        with monkeypatch.context() as for_now:
            for_now.setattr(begin.engine.pool, "_timeout", 0.2)
            answers = await asyncio.gather(*(place(api, n) for n in range(10)))
    for answer in answers:
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:tidings:problem:unavailable"
        assert int(answer.headers["Retry-After"]) > 0
    again = await asyncio.gather(*(place(api, n) for n in range(10)))
    assert {answer.status_code for answer in again} == {201}
    assert await assert_whole(begin, {f"k-{n}": answer.json()["id"] for n, answer in enumerate(again)}) == 10


@pytest.mark.timeout(60)
async def test_what_is_more_than_may_wait_is_refused_and_what_waits_is_served(
    api: httpx.AsyncClient, api_runtime: Runtime, begin: Begin
) -> None:
    api_runtime.placing._waiting = 20
    async with asyncio.TaskGroup() as group, begin.across() as tx:
        # Nothing can be stored, and everything be looked up.
        await tx.raw.execute("LOCK TABLE orders IN EXCLUSIVE MODE")
        tasks = [group.create_task(place(api, n)) for n in range(300)]
        await eventually(lambda: sum(task.done() for task in tasks) > 100, seconds=45)
        refused = [task.result() for task in tasks if task.done()]
        assert {answer.status_code for answer in refused} == {503}
        assert {answer.json()["type"] for answer in refused} == {"urn:tidings:problem:overloaded"}
        assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
    answers = [task.result() for task in tasks]
    placed = {f"k-{n}": answer.json()["id"] for n, answer in enumerate(answers) if answer.status_code == 201}
    assert len(placed) >= 20
    assert len(placed) + sum(answer.status_code == 503 for answer in answers) == 300
    assert await assert_whole(begin, placed) == len(placed)


async def test_clients_that_hang_up_harm_nobody_who_shares_their_commit(
    begin: Begin, shop: Shop, worker_database_url: str, tmp_path: Path
) -> None:
    api = NurseryApi(environment(worker_database_url, None), tmp_path / "log", free_port())
    try:
        await api.ready()
        answers = await asyncio.gather(*(_rude_or_not(api, shop, n) for n in range(120)))
        assert api.stop() == 0
    finally:
        api.kill()
    stayed = {f"k-{n}": answer for n, answer in enumerate(answers) if answer}
    assert len(stayed) == 40
    # Those who left after the whole request may have been served all the same; those in the middle of it, never.
    stored = await assert_whole(begin, stayed)
    assert 40 <= stored <= 80


async def _rude_or_not(api: NurseryApi, shop: Shop, n: int) -> str:
    """Of three, one stays, one hangs up after its request, one in the middle of it; the order's id, or nothing."""
    body = json.dumps(order_body()).encode()
    head = (
        f"POST /v1/orders HTTP/1.1\r\nHost: tidings\r\nAuthorization: Bearer {shop.test_key}\r\nConnection: close\r\n"
        f"Idempotency-Key: k-{n}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(api.base_url.rpartition(":")[2]))
    try:
        writer.write(head + (body[:50] if n % 3 == 2 else body))
        await writer.drain()
        if n % 3:
            writer.transport.abort()
            return ""
        answer, _, told = (await reader.read()).partition(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 201"), told
        return str(json.loads(told)["id"])
    finally:
        writer.close()
