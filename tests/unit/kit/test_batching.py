"""Natural batches."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from tidings.kit.batching import Batcher, Overloaded


class Echo:
    """Does batches when it is let, and keeps them."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails: set[int] = set()

    async def __call__(self, items: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(items))
        await self.gate.wait()
        if self.fails & set(items):
            raise RuntimeError("no")
        return [item * 10 for item in items]


@asynccontextmanager
async def running(batcher: Batcher[int, int], lanes: int = 1) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(batcher.run_lanes(lanes))
        try:
            yield
        finally:
            task.cancel()


async def settle() -> None:
    """Let everybody go as far as they can: nothing here waits for time to pass."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_an_item_alone_goes_at_once() -> None:
    echo = Echo()
    batcher = Batcher(echo)
    async with running(batcher):
        assert await batcher.submit(1) == 10
    assert echo.batches == [[1]]


async def test_what_queues_during_a_batch_is_the_next_one_each_with_its_own_outcome() -> None:
    echo = Echo()
    echo.gate.clear()
    batcher = Batcher(echo)
    async with running(batcher), asyncio.TaskGroup() as group:
        first = group.create_task(batcher.submit(0))
        await settle()
        rest = [group.create_task(batcher.submit(n)) for n in range(1, 6)]
        await settle()
        echo.gate.set()
        assert await first == 0
        assert [await task for task in rest] == [10, 20, 30, 40, 50]
    assert echo.batches == [[0], [1, 2, 3, 4, 5]]


async def test_a_batch_holds_no_more_than_it_may() -> None:
    echo = Echo()
    batcher = Batcher(echo, most=4)
    async with running(batcher), asyncio.TaskGroup() as group:
        for n in range(10):
            group.create_task(batcher.submit(n))
    assert max(map(len, echo.batches)) == 4
    assert sorted(n for batch in echo.batches for n in batch) == list(range(10))


async def test_whoever_goes_away_harms_nobody() -> None:
    echo = Echo()
    echo.gate.clear()
    batcher = Batcher(echo)
    async with running(batcher), asyncio.TaskGroup() as group:
        tasks = [group.create_task(batcher.submit(n)) for n in range(3)]
        await settle()
        tasks[1].cancel()
        await settle()
        echo.gate.set()
        assert await tasks[0] == 0
        assert await tasks[2] == 20


async def test_a_failure_is_told_to_its_batch_and_the_next_batch_runs() -> None:
    echo = Echo()
    echo.fails = {1}
    batcher = Batcher(echo)
    async with running(batcher):
        with pytest.raises(RuntimeError):
            await batcher.submit(1)
        assert await batcher.submit(2) == 20


async def test_too_many_waiting_are_refused_with_a_time_to_come_back() -> None:
    batcher = Batcher(Echo(), waiting=2)
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(batcher.submit(n)) for n in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refusal:
            await batcher.submit(9)
        assert refusal.value.headers == {"Retry-After": "1"}
        for task in waiting:
            task.cancel()


async def test_lanes_do_batches_at_the_same_time() -> None:
    echo = Echo()
    echo.gate.clear()
    batcher = Batcher(echo, most=1)
    async with running(batcher, lanes=2), asyncio.TaskGroup() as group:
        tasks = [group.create_task(batcher.submit(n)) for n in range(3)]
        await settle()
        assert len(echo.batches) == 2
        echo.gate.set()
        assert [await task for task in tasks] == [0, 10, 20]


async def test_a_second_batch_does_not_set_out_beside_the_first_for_a_few() -> None:
    echo = Echo()
    echo.gate.clear()
    batcher = Batcher(echo)
    async with running(batcher, lanes=2), asyncio.TaskGroup() as group:
        tasks = [group.create_task(batcher.submit(n)) for n in range(1)]
        await settle()
        tasks += [group.create_task(batcher.submit(n)) for n in range(1, 16)]
        await settle()
        assert [len(batch) for batch in echo.batches] == [1]
        tasks.append(group.create_task(batcher.submit(16)))
        await settle()
        assert [len(batch) for batch in echo.batches] == [1, 16]
        # Fewer than are worth it wait for a lane that comes back, and are not forgotten then.
        tasks += [group.create_task(batcher.submit(n)) for n in range(17, 20)]
        await settle()
        echo.gate.set()
        assert [await task for task in tasks] == [n * 10 for n in range(20)]
    assert [len(batch) for batch in echo.batches] == [1, 16, 3]


async def test_nothing_is_forgotten_however_submissions_and_batches_interleave() -> None:
    echo = Echo()
    batcher = Batcher(echo, most=3)

    async def client(start: int) -> int:
        total = 0
        for n in range(start, start + 50):
            total += await batcher.submit(n)
            if n % 7 == 0:
                await asyncio.sleep(0)
        return total

    async with asyncio.timeout(5), running(batcher, lanes=2), asyncio.TaskGroup() as group:
        tasks = [group.create_task(client(100 * c)) for c in range(8)]
    assert sum(task.result() for task in tasks) == 10 * sum(echo_n for batch in echo.batches for echo_n in batch)
    assert sum(map(len, echo.batches)) == 400
