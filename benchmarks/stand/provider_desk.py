"""Talks to the provider's process: what came to it, and how it is to behave to whom."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from benchmarks.stand.seed import Shop
from benchmarks.stand.stores import Stores

_PATIENCE: Final = 180.0
_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class ProviderDesk:
    """The provider, from the side of whoever measures."""

    port: int
    client: httpx.AsyncClient

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def reset(self) -> None:
        """Forget what came."""
        (await self.client.post(f"{self.url}/reset")).raise_for_status()

    async def tally(self, behaviour: str) -> dict[str, Any]:
        """What came to one behaviour."""
        found: dict[str, dict[str, Any]] = (await self.client.get(f"{self.url}/tally")).json()
        return found.get(behaviour, {"count": 0})

    async def until(self, behaviour: str, count: int) -> None:
        """Wait until so many have come to one behaviour."""
        async with asyncio.timeout(_PATIENCE):
            while (await self.tally(behaviour))["count"] < count:  # noqa: ASYNC110 - another process
                await asyncio.sleep(_LOOK_SECONDS)

    async def arrivals(self, behaviour: str) -> dict[str, float]:
        """By phone number (digits only), the moment at which the message for it came."""
        found: list[tuple[str, float]] = (await self.client.get(f"{self.url}/arrivals/{behaviour}")).json()
        return dict(found)

    async def behave(self, stores: Stores, database: str, behaviours: Mapping[Shop, str]) -> None:
        """How it is to behave to the connections of these shops."""
        async with stores.admin(database) as connection:
            for shop, behaviour in behaviours.items():
                await connection.execute(
                    "UPDATE connections SET settings = settings || jsonb_build_object('base_url', $2::text),"
                    " version = version + 1 WHERE id = $1",
                    shop.connection_id,
                    f"{self.url}/{behaviour}",
                )
