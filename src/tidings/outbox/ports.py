"""What wakes the worker: a bell that may be lost at any time, because the worker looks by itself as well."""

import asyncio
from typing import Protocol


class Doorbell(Protocol):
    """Rung after commits that leave work; heard by every worker."""

    def ring(self) -> None:
        """Ask for a ring soon; never blocks, never fails; many asks are one ring."""
        ...

    async def hear(self, *wakes: asyncio.Event) -> None:
        """Set the event at every ring, until cancelled; rings of an absent bell are lost."""
        ...

    async def is_there(self) -> bool:
        """Whether rings can get through right now."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...
