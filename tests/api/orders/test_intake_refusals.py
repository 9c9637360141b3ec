"""What receipt refuses when the order itself is not to blame, or when only the database notices."""

import httpx
from sqlalchemy import text

from tests.fixtures.orders import order_body
from tidings.bootstrap import Runtime
from tidings.kit.batching import Batcher
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine


async def test_too_much_at_once_is_overloaded_with_a_time_to_come_back(
    api: httpx.AsyncClient, api_runtime: Runtime
) -> None:
    async def never(_: object) -> list[object]:
        return []

    api_runtime.placing = Batcher(never, waiting=0)  # type: ignore[arg-type]
    answer = await api.post("/v1/orders", json=order_body())
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:tidings:problem:overloaded"
    assert answer.headers["retry-after"] == "1"


async def test_what_only_the_database_refuses_is_order_not_stored_and_harms_no_neighbour(
    api: httpx.AsyncClient, owner_database_url: str
) -> None:
    owner = Begin(create_engine(owner_database_url, pool_size=1))
    async with owner.across() as tx:
        await tx.session.execute(text("ALTER TABLE orders ADD CONSTRAINT none CHECK (number <> 'BAD') NOT VALID"))
    try:
        alone = await api.post("/v1/orders", json=order_body(number="BAD"))
        batch = await api.post(
            "/v1/orders/batch", json={"orders": [order_body(number=number) for number in ("W-1", "BAD", "W-2")]}
        )
    finally:
        async with owner.across() as tx:
            await tx.session.execute(text("ALTER TABLE orders DROP CONSTRAINT none"))
        await owner.close()
    assert alone.status_code == 422
    assert alone.json()["type"] == "urn:tidings:problem:order-not-stored"
    assert [result["status"] for result in batch.json()["results"]] == [201, 422, 201]
