"""Waiting for something, but not for ever."""

import asyncio


async def heard(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event at most this long; whether it came."""
    if not event.is_set():
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
    return True
