"""A shop whose orders are completed with documents, and whoever makes the files."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.documents import LINES, InlinePress
from tests.fixtures.facts import told
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.documents.complete import complete_order
from tidings.documents.make import Workshop, make_document
from tidings.documents.ports import Store
from tidings.documents.queries import Held, documents_of
from tidings.kit.db import Begin
from tidings.kit.rows import json_text
from tidings.orders.close import CloseOrder
from tidings.outbox.fetch import ErrandInHand, Fetching, fetch_errands

BODY = {
    "lines": LINES,
    "discount": {"price": {"amount": 500, "currency": "EUR"}, "reason": "Welcome back"},
    "total": {"amount": 6960, "currency": "EUR"},
}


@dataclass
class Desk:
    """Completes orders, and makes their documents."""

    begin: Begin
    shop: Shop
    clock: FixedClock
    press: InlinePress = field(default_factory=InlinePress)
    store: Store | None = None

    async def rule(self, **paperwork: Any) -> None:
        """Let the shop's policy say this of its paperwork."""
        async with self.begin.across() as tx:
            await tx.raw.execute(
                "UPDATE storefronts SET policy = $1::text::jsonb, legal = $2::text::jsonb",
                json_text({"paperwork": paperwork}),
                json_text({"company": "Teahouse GmbH", "address": "Teestraße 1, Berlin", "vat_id": "DE123456789"}),
            )

    async def delivered(self, number: str = "D-1", **columns: Any) -> UUID:
        """An order that has arrived, and was paid by card."""
        usual = {"status": "delivered", "payment_check": "passed"}
        return await placed(self.begin, self.shop, self.clock, order_body(number=number, **BODY), **usual | columns)

    async def complete(self, order_id: UUID) -> list[Held]:
        """Complete it; its documents."""
        async with self.begin(self.shop.scope) as tx:
            await complete_order(tx, CloseOrder(order_id, "shop"), now=self.clock.now())
        return await self.documents(order_id)

    async def documents(self, order_id: UUID) -> list[Held]:
        """As they were issued."""
        async with self.begin.reading(self.shop.scope) as tx:
            return await documents_of(tx, order_id)

    async def fetched(self) -> list[ErrandInHand]:
        """Errands of documents that are due."""
        found = await fetch_errands(self.begin, self.clock.now(), Fetching())
        return [errand for errand in found if errand.kind == "make_document"]

    async def make(self) -> int:
        """Make all files that are to be made; says how many there were."""
        errands = await self.fetched()
        for errand in errands:
            await self.carry_out(errand)
        return len(errands)

    async def carry_out(self, errand: ErrandInHand) -> None:
        """Make one file."""
        workshop = Workshop(self.press, self.store)
        await make_document(errand, begin=self.begin, clock=self.clock, workshop=workshop)

    async def waits(self, order_id: UUID) -> bool:
        """Whether the completion message is not to be sent yet."""
        (row,) = await told(
            self.begin,
            "SELECT o.due_at > now() AS waits FROM outbox o JOIN messages m ON m.id = o.id"
            " WHERE m.order_id = $1 AND m.milestone = 'order_completed'",
            order_id,
        )
        return bool(row["waits"])
