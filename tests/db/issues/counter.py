"""Orders with issues, and what is done about them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, messages, tasks, told
from tests.fixtures.shop import Shop
from tidings.issues.open import OpenIssue, open_issue, open_issue_by_hand
from tidings.issues.resolve import ResolveIssue, resolve_issue
from tidings.issues.tables import IssueRow
from tidings.kit.db import Begin
from tidings.orders.load import By, HeldOrder, order_by_id, order_for_update
from tidings.storefronts.policy import Policy


class Counter:
    """The service desk of one shop."""

    def __init__(self, begin: Begin, shop: Shop, clock: FixedClock) -> None:
        self.begin, self.shop, self.clock = begin, shop, clock

    @property
    def by(self) -> By:
        """Somebody, now."""
        return By("staff/7", self.clock.now())

    async def order(self, **columns: Any) -> UUID:
        """The id of an order."""
        return await placed(self.begin, self.shop, self.clock, **columns)

    async def open(self, order_id: UUID, **wanted: Any) -> IssueRow:
        """An issue that the machine opens."""
        async with self.begin(self.shop.scope) as tx:
            order = await order_for_update(tx, order_id)
            return await open_issue(tx, order, OpenIssue(**{"kind": "other"} | wanted), self.by)

    async def open_by_hand(self, order_id: UUID | None, **wanted: Any) -> IssueRow:
        """An issue that staff opens."""
        async with self.begin(self.shop.scope) as tx:
            return await open_issue_by_hand(tx, order_id, OpenIssue(**{"kind": "other"} | wanted), self.by)

    async def resolve(self, issue_id: UUID | None, **more: Any) -> IssueRow:
        """It is settled."""
        async with self.begin(self.shop.scope) as tx:
            return await resolve_issue(tx, ResolveIssue(issue_id, **more), self.by)

    async def rule(self, **policy: Any) -> None:
        """The shop's policy from now on."""
        async with self.begin.across() as tx:
            stored = Policy.model_validate(policy).model_dump_json(exclude_none=True)
            await tx.raw.execute("UPDATE storefronts SET policy = $2::text::jsonb WHERE id = $1", self.shop.id, stored)

    async def look(self, order_id: UUID) -> HeldOrder:
        """The order as it stands."""
        async with self.begin.reading(self.shop.scope) as tx:
            return await order_by_id(tx, order_id)

    async def on_hold(self, order_id: UUID) -> bool:
        """Whether something holds the order."""
        return (await self.look(order_id)).row.on_hold

    async def issues(self) -> list[dict[str, Any]]:
        """All issues."""
        return await told(self.begin, "SELECT * FROM issues ORDER BY id")

    async def kinds(self, order_id: UUID) -> list[str]:
        """The order's facts after its receipt."""
        return [fact["kind"] for fact in await facts(self.begin, self.shop, order_id)][1:]

    async def owed(self, order_id: UUID) -> list[str]:
        """The milestones that the customer is told of after the confirmation."""
        return [milestone for milestone, _ in await messages(self.begin, self.shop, order_id)][1:]

    async def tasks(self, order_id: UUID) -> list[tuple[str, str]]:
        """What people must do about the order."""
        return await tasks(self.begin, self.shop, order_id)

    def later(self, **by: float) -> Any:
        """An instant ahead."""
        return self.clock.now() + timedelta(**by)
