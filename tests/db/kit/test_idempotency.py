"""Keys are forgotten when they are old."""

from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.idempotency import expire_keys


async def test_old_keys_are_forgotten_in_batches_and_young_ones_kept(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    async with begin(shop.scope) as tx:
        await tx.raw.executemany(
            "INSERT INTO idempotency_keys (storefront_id, mode, key, fingerprint, status, created_at)"
            " VALUES ($1, 'test', $2, 'x', 200, $3)",
            [(shop.id, f"k{n}", clock.now() - timedelta(hours=n)) for n in range(10)],
        )
    assert await expire_keys(begin, clock.now(), keep=timedelta(hours=4.5), batch=2) == 5
    async with begin.reading(None) as tx:
        left = await tx.raw.fetch("SELECT key FROM idempotency_keys ORDER BY key")
    assert [row["key"] for row in left] == ["k0", "k1", "k2", "k3", "k4"]


async def test_the_worker_may_forget_keys(worker_begin: Begin, clock: FixedClock) -> None:
    assert await expire_keys(worker_begin, clock.now(), keep=timedelta(hours=24)) == 0
