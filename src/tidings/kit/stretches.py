"""Long work on the event loop, in stretches: others get their turn in between."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

# Of the dearest items (an order to be checked, a tenth of a millisecond), a few milliseconds.
AT_A_STRETCH: Final = 50


async def in_stretches(items: Sequence[T], *, at_a_stretch: int = AT_A_STRETCH) -> AsyncIterator[T]:
    """The items one by one; whatever else waits for the loop is let in after so many."""
    for n, item in enumerate(items):
        if n and n % at_a_stretch == 0:
            await asyncio.sleep(0)
        yield item


async def let_others_in(after: int) -> None:
    """Between two steps over so many items at once; of few, all steps together are short."""
    if after > AT_A_STRETCH:
        await asyncio.sleep(0)
