"""One looks, the others wait."""

import asyncio
import gc

from tidings.kit.turns import Turns


async def test_whoever_asks_for_the_same_waits_for_the_first_ones_answer() -> None:
    turns, known, looked = Turns(), dict[str, int](), list[str]()

    async def find(key: str) -> int:
        async with turns.of(key):
            if key not in known:
                looked.append(key)
                await asyncio.sleep(0.01)
                known[key] = looked.index(key) + 1
            return known[key]

    assert await asyncio.gather(*map(find, "aabab")) == [1, 1, 2, 1, 2]
    assert looked == ["a", "b"]


async def test_a_turn_that_fails_is_the_next_ones() -> None:
    turns, tried = Turns(), 0

    async def fail() -> None:
        nonlocal tried
        async with turns.of("a"):
            tried += 1
            await asyncio.sleep(0)
            raise LookupError

    found = await asyncio.gather(fail(), fail(), return_exceptions=True)
    assert [type(each) for each in found] == [LookupError, LookupError]
    assert tried == 2


async def test_nothing_is_kept_of_keys_that_nobody_asks_for() -> None:
    turns = Turns()
    for n in range(100):
        async with turns.of(n):
            pass
    gc.collect()
    assert len(turns._locks) == 0
