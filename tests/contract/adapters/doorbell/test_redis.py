"""The doorbell over a real Valkey: rung, heard, and missed without harm."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from tidings.adapters.doorbell.redis import CHANNEL, NoDoorbell, RedisDoorbell
from tidings.cli.embedded.valkey import Valkey


@pytest.fixture
async def bell(valkey_url: str) -> AsyncIterator[RedisDoorbell]:
    made = RedisDoorbell(valkey_url)
    yield made
    await made.close()


@asynccontextmanager
async def heard(bell: RedisDoorbell) -> AsyncIterator[asyncio.Event]:
    """The event of a worker that listens; it has looked once already."""
    wake = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        listening, ringing = group.create_task(bell.hear(wake)), group.create_task(bell.run())
        try:
            await within(wake)
            wake.clear()
            yield wake
        finally:
            listening.cancel()
            ringing.cancel()


async def within(wake: asyncio.Event, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        await wake.wait()


async def test_a_ring_wakes_whoever_listens(bell: RedisDoorbell, valkey_url: str) -> None:
    other = RedisDoorbell(valkey_url)
    async with heard(bell) as mine, heard(other) as theirs:
        bell.ring()
        await within(mine)
        await within(theirs)
    await other.close()


async def test_who_starts_to_listen_looks_once_for_what_rang_before(bell: RedisDoorbell) -> None:
    bell.ring()
    async with heard(bell):
        pass


async def test_a_thousand_rings_at_once_are_a_few(bell: RedisDoorbell, valkey_url: str) -> None:
    rings = 0
    redis = Redis.from_url(valkey_url)
    async with heard(bell) as wake, redis.pubsub(ignore_subscribe_messages=True) as counter:
        await counter.subscribe(CHANNEL)
        await counter.get_message(timeout=5)
        for _ in range(1000):
            bell.ring()
        await within(wake)
        await asyncio.sleep(0.1)
        while await counter.get_message(timeout=0.1):
            rings += 1
    await redis.aclose()
    assert 1 <= rings <= 2


async def test_what_rings_during_the_quiet_time_is_covered_by_its_end(bell: RedisDoorbell) -> None:
    async with heard(bell) as wake:
        for _ in range(20):
            wake.clear()
            bell.ring()
            await within(wake)


async def test_when_valkey_comes_back_it_is_heard_again(valkey: Valkey, valkey_url: str) -> None:
    bell = RedisDoorbell(valkey_url)
    async with heard(bell) as wake:
        valkey.stop()
        assert not await bell.is_there()
        bell.ring()
        await asyncio.sleep(0.2)
        assert not wake.is_set()
        valkey.start()
        # Looks once by itself, because it may have missed rings.
        await within(wake)
        wake.clear()
        assert await bell.is_there()
        bell.ring()
        await within(wake)
    await bell.close()


async def test_without_redis_nothing_rings_and_nothing_fails() -> None:
    bell, wake = NoDoorbell(), asyncio.Event()
    bell.ring()
    for waiting in (bell.hear(wake), bell.run()):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await waiting
    assert not wake.is_set()
    assert not await bell.is_there()
    await bell.close()
