"""Waiting at most so long."""

import asyncio

from tidings.kit.events import heard


async def test_what_has_come_is_not_waited_for() -> None:
    event = asyncio.Event()
    event.set()
    assert await heard(event, 0)


async def test_what_comes_in_time_is_heard() -> None:
    event = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, event.set)
    assert await heard(event, 5)


async def test_what_does_not_come_is_given_up() -> None:
    assert not await heard(asyncio.Event(), 0.01)
