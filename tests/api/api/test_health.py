"""Alive, ready, and figures."""

import httpx

from tidings.bootstrap import Runtime
from tidings.kit.ready import Check


async def holds_not() -> bool:
    return False


async def test_a_process_that_answers_is_alive(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_on_a_migrated_database_it_is_ready(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": {"database": True}})


async def test_without_redis_it_is_ready_but_degraded(anonymous: httpx.AsyncClient, api_runtime: Runtime) -> None:
    api_runtime.ready_checks = [*api_runtime.ready_checks, Check("redis", holds_not, is_required=False)]
    answer = await anonymous.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


async def test_without_what_it_needs_it_is_not(anonymous: httpx.AsyncClient, api_runtime: Runtime) -> None:
    api_runtime.ready_checks = [Check("demo", holds_not)]
    answer = await anonymous.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not_ready", "checks": {"demo": False}})


async def test_figures_are_prometheus_text(anonymous: httpx.AsyncClient) -> None:
    await anonymous.get("/healthz")
    answer = await anonymous.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'route="/healthz"' in answer.text
