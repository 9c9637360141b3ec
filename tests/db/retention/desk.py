"""A shop where she orders, and is forgotten."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.orders import order_body, place
from tests.fixtures.privacy import HERS
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.retention.erase import erase_some
from tidings.retention.map import SLICES
from tidings.retention.person import Meant
from tidings.retention.request_erasure import RequestErasure, request_erasure


@dataclass(frozen=True, slots=True)
class Desk:
    """Where she orders, and is forgotten."""

    begin: Begin
    keeper: Begin
    shop: Shop
    clock: FixedClock

    async def sells(self, **more: Any) -> UUID:
        """An order of hers."""
        now = self.clock.now()
        return (await place(self.begin, self.shop, now, order_body(**(HERS | more)))).order_id

    async def asked(self, meant: Meant) -> UUID:
        """She wants to be forgotten."""
        async with self.begin(self.shop.scope) as tx:
            return (await request_erasure(tx, RequestErasure(meant, "tests"), now=self.clock.now())).id

    async def erases_some(self, erasure_id: UUID) -> bool:
        """One turn at it; whether it was the last."""
        async with self.keeper(self.shop.scope) as tx:
            return await erase_some(tx, erasure_id, SLICES, now=self.clock.now())

    async def erases(self, meant: Meant) -> None:
        """She is forgotten."""
        erasure_id = await self.asked(meant)
        while not await self.erases_some(erasure_id):
            pass
