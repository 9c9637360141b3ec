"""A shop whose policy keeps a ledger, its orders, and a worker that carries out its errands."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.db.shipments.parcels import PRICE, body
from tests.fixtures.facts import facts, records, told
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.changes.refund_cancelled import refund_cancelled
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.orders.cancel import CancelOrder, cancel_order
from tidings.orders.load import By, HeldOrder, order_by_id
from tidings.orders.tables import OrderLineRow
from tidings.outbox.fetch import ErrandInHand, Fetching, fetch_errands
from tidings.verification.ask import Asking
from tidings.verification.check_payment import check_payment
from tidings.verification.check_stock import check_stock
from tidings.verification.count import CountStock, count_stock
from tidings.verification.expire import expire_unpaid
from tidings.verification.follow_order import commit_stock, release_stock
from tidings.verification.ports import ConnectionConfig, Passed, Question, Verdict

ANSWERED = Passed("said so")
# As many as there are connections to the database.
_AT_ONCE = 10


def line(sku: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """One line of an order."""
    return {"sku": sku, "name": sku.title(), "quantity": quantity, "unit_price": PRICE} | more


class Oracle:
    """A verifier that answers what it is told to: in turn, and the last one from then on."""

    def __init__(self, *answers: Verdict | Exception) -> None:
        self.answers = list(answers) or [ANSWERED]
        self.questions: list[Question] = []
        self.closed = 0

    async def verify(self, question: Question) -> Verdict:
        """Answer."""
        self.questions.append(question)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Count."""
        self.closed += 1


def connection(shop: Shop, channel: str = "payment", provider: str = "sandbox", **more: Any) -> ConnectionConfig:
    """A connection to an oracle."""
    usual = {"id": UUID(int=1), "mode": "test", "name": f"{channel}-{provider}", "settings": {}, "secrets": {}}
    return ConnectionConfig(
        **{**usual, "storefront_id": shop.id, "channel": channel, "provider": provider, "version": 1, **more}
    )


class Store:
    """One shop with its ledger."""

    def __init__(self, begin: Begin, worker: Begin, shop: Shop, clock: FixedClock) -> None:
        self.begin, self.worker, self.shop, self.clock = begin, worker, shop, clock
        self.oracle = Oracle()
        self.connections = [connection(shop, "payment"), connection(shop, "stock", id=UUID(int=2))]

    @property
    def by(self) -> By:
        """The machine, now."""
        return By("system", self.clock.now())

    async def decide(self, **verification: Any) -> None:
        """Let the shop's policy be this one."""
        more = {name: verification.pop(name) for name in ("unpaid_expires_after_hours",) if name in verification}
        policy = json.dumps({"verification": verification, **more})
        async with self.begin.across() as tx:
            await tx.raw.execute("UPDATE storefronts SET policy = $2::text::jsonb WHERE id = $1", self.shop.id, policy)

    async def has(self, **articles: int) -> None:
        """So many of these articles lie there."""
        for sku, quantity in articles.items():
            async with self.begin(self.shop.scope) as tx:
                command = CountStock(sku, "counted", quantity, None, "staff/7")
                await count_stock(tx, command, now=self.clock.now())

    async def stock(self) -> dict[str, tuple[int, int]]:
        """Article → on hand, reserved."""
        rows = await told(self.begin, "SELECT sku, on_hand, reserved FROM stock WHERE storefront_id = $1", self.shop.id)
        return {row["sku"]: (row["on_hand"], row["reserved"]) for row in rows}

    async def promised(self, order_id: UUID) -> dict[str, tuple[int, int, str]]:
        """Article → still reserved, gone with parcels, and where the promise stands."""
        sql = "SELECT sku, quantity, committed, status FROM stock_reservations WHERE order_id = $1"
        rows = await told(self.begin, sql, order_id)
        return {row["sku"]: (row["quantity"], row["committed"], row["status"]) for row in rows}

    async def movements(self) -> list[tuple[str, str, int]]:
        """Article, kind and quantity of every movement, in their order."""
        rows = await told(self.begin, "SELECT sku, kind, quantity FROM stock_movements ORDER BY id")
        return [(row["sku"], row["kind"], row["quantity"]) for row in rows]

    async def is_sound(self) -> bool:
        """What is reserved is what orders are promised, and movements add up to what is there."""
        sql = """
            SELECT s.sku FROM stock s WHERE s.reserved <>
                (SELECT coalesce(sum(quantity), 0) FROM stock_reservations r
                  WHERE r.storefront_id = s.storefront_id AND r.mode = s.mode AND r.sku = s.sku)
            OR s.on_hand <> (SELECT coalesce(sum(quantity), 0) FROM stock_movements m
                  WHERE m.storefront_id = s.storefront_id AND m.mode = s.mode AND m.sku = s.sku
                    AND m.kind NOT IN ('reserved', 'released'))
        """
        return not await told(self.begin, sql)

    async def order(self, *lines: Mapping[str, Any], **changes: Any) -> UUID:
        """An order of these lines, just received."""
        made = body(*(dict(each) for each in lines or (line("TEA", 2),))) | changes
        return (await place(self.begin, self.shop, self.clock.now(), made)).order_id

    async def look(self, order_id: UUID) -> HeldOrder:
        """The order as it stands."""
        async with self.begin.reading(self.shop.scope) as tx:
            return await order_by_id(tx, order_id)

    async def checks(self, order_id: UUID) -> tuple[str, str, str, bool]:
        """Payment, stock, status, on hold."""
        row = (await self.look(order_id)).row
        return row.payment_check, row.stock_check, row.status, row.on_hold

    async def issues(self, order_id: UUID) -> list[tuple[str, str, str]]:
        """Kind, what it is about, and where it stands."""
        rows = await told(
            self.begin, "SELECT kind, about, status FROM issues WHERE order_id = $1 ORDER BY id", order_id
        )
        return [(row["kind"], row["about"], row["status"]) for row in rows]

    async def cancel(self, order_id: UUID) -> None:
        """The shop's own cancellation."""
        async with self.begin(self.shop.scope) as tx:
            await cancel_order(tx, CancelOrder(order_id, "out of stock", "staff/7"), now=self.clock.now())

    async def refunds(self, order_id: UUID) -> list[int]:
        """What goes back, by amount."""
        rows = await told(self.begin, "SELECT amount FROM refunds WHERE order_id = $1 ORDER BY id", order_id)
        return [row["amount"] for row in rows]

    async def relined(self, order_id: UUID, *lines: Mapping[str, Any]) -> None:
        """Other lines, as a change that was carried out leaves them."""
        async with self.begin(self.shop.scope) as tx:
            await tx.raw.execute("DELETE FROM order_lines WHERE order_id = $1", order_id)
            for number, each in enumerate(lines, start=1):
                tx.session.add(_row(self.shop, order_id, number, each))

    async def errand(self, kind: str, order_id: UUID, **data: Any) -> None:
        """Leave one more errand about an order."""
        sql = """
            INSERT INTO errands (storefront_id, id, mode, order_id, kind, subject, data, due_at)
            VALUES ($1, gen_random_uuid(), 'test', $2, $3, $4, $5::text::jsonb, $6)
        """
        values = (self.shop.id, order_id, kind, data.pop("subject", wire("ord", order_id)), json.dumps(data))
        async with self.begin.across() as tx:
            await tx.raw.execute(sql, *values, self.clock.now())

    async def waiting(self) -> list[tuple[str, timedelta]]:
        """Kinds of the errands that are left, and how long from now they are due."""
        rows = await told(self.begin, "SELECT kind, due_at FROM errands ORDER BY due_at, kind")
        return [(row["kind"], row["due_at"] - self.clock.now()) for row in rows]

    async def fetch(self) -> list[ErrandInHand]:
        """Take all errands that are due in hand."""
        return await fetch_errands(self.worker, self.clock.now(), Fetching(100, 100))

    async def carry_out(self, errand: ErrandInHand, asking: Asking | None = None) -> None:
        """One errand."""
        keeping = {"begin": self.worker, "clock": self.clock}
        asking = asking or self.asking()
        match errand.kind:
            case "check_payment":
                await check_payment(errand, **keeping, asking=asking)
            case "check_stock":
                await check_stock(errand, **keeping, asking=asking)
            case "commit_stock":
                await commit_stock(errand, **keeping)
            case "release_stock":
                await release_stock(errand, **keeping)
            case "expire_unpaid":
                await expire_unpaid(errand, **keeping)
            case "refund_cancelled":
                await refund_cancelled(errand, **keeping)

    async def work(self, *, at_once: bool = False) -> int:
        """Carry out all errands that are due, and say how many there were."""
        fetched = await self.fetch()
        if at_once:
            gate = asyncio.Semaphore(_AT_ONCE)
            await asyncio.gather(*(self._in_turn(gate, errand) for errand in fetched))
        else:
            for errand in fetched:
                await self.carry_out(errand)
        return len(fetched)

    async def to_the_end(self) -> None:
        """Work, and turn the clock, until nobody is asked about a payment any more."""
        for _ in range(2000):
            while await self.work():
                pass
            waits = [wait for kind, wait in await self.waiting() if kind == "check_payment"]
            if not waits:
                return
            self.clock.advance(min(waits))
        message = "it never ends"
        raise AssertionError(message)

    async def _in_turn(self, gate: asyncio.Semaphore, errand: ErrandInHand) -> None:
        async with gate:
            await self.carry_out(errand)

    def asking(self) -> Asking:
        """Asks the oracle, through whichever connection."""

        async def read(_: object) -> list[ConnectionConfig]:
            return self.connections

        return Asking(read, lambda _: self.oracle)

    async def kinds(self, order_id: UUID) -> list[str]:
        """The order's facts."""
        return [fact["kind"] for fact in await facts(self.begin, self.shop, order_id)]

    async def reasons(self, order_id: UUID, kind: str) -> list[str | None]:
        """Why, by the records of one kind."""
        found = await records(self.begin, self.shop, order_id)
        return [record["words"].get("reason") for record in found if record["kind"] == kind]


def _row(shop: Shop, order_id: UUID, number: int, each: Mapping[str, Any]) -> OrderLineRow:
    return OrderLineRow(
        storefront_id=shop.id, order_id=order_id, line=number, sku=each["sku"], name=each["name"],
        quantity=each["quantity"], unit_price=each["unit_price"]["amount"], tax_rate=None, tax_category=None,
        kind=each.get("kind", "product"), warranty_months=None,
    )  # fmt: skip
