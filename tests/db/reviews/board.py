"""Where a shop's procedure is reviewed: the watch, the clock in the test's hand, and looks into what was written."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.fixtures.facts import _read, told
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.scope import Mode, Scope
from tidings.orders.load import By
from tidings.records.append import Entry, append
from tidings.reviews.ask import AskForReview, ask_for_review
from tidings.reviews.conclude import ConcludeReview, ToDo, conclude_review
from tidings.reviews.remind import remind_of_reviews
from tidings.reviews.tables import ReviewRow
from tidings.reviews.watch import look_for_causes
from tidings.storefronts.change_rules import PatchRules, change_calendar, change_policy

DAY = timedelta(days=1)
TABLE = "the table as it was"
ANNA = "staff/anna"


@dataclass
class Board:
    """The shop's reviews."""

    begin: Begin
    worker_begin: Begin
    shop: Shop
    clock: FixedClock
    # The table of milestones that workers go by.
    table: str = field(default=TABLE)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def _scope(self) -> Scope:
        return Scope(self.shop.id, "live")

    async def look(self) -> int:
        """The watch's look for causes."""
        return await look_for_causes(self.worker_begin, self.now, digest=self.table)

    async def remind(self) -> dict[str, int]:
        """The watch's look at clocks."""
        return dict(await remind_of_reviews(self.worker_begin, self.now))

    async def policy(self, **patch: Any) -> None:
        async with self.begin(self._scope()) as tx:
            await change_policy(tx, PatchRules(patch, ANNA), now=self.now)

    async def calendar(self, **patch: Any) -> None:
        async with self.begin(self._scope()) as tx:
            await change_calendar(tx, PatchRules(patch, ANNA), now=self.now)

    async def publish(self, kind: str = "template.published", mode: Mode | None = None, **data: Any) -> None:
        """A version of a template is published, as its slice writes it down."""
        entry = Entry(self.shop.id, None, mode, kind, "tpl_1", ANNA, self.now, data)
        async with self.begin(self._scope()) as tx:
            await append(tx, entry)

    async def ask(self, reason: str = "I want to", actor: str = ANNA) -> tuple[ReviewRow, bool]:
        async with self.begin(self.shop.scope) as tx:
            return await ask_for_review(tx, AskForReview(reason), By(actor, self.now))

    async def conclude(self, review_id: UUID | None = None, *follow_ups: ToDo) -> ReviewRow:
        found = review_id or (await self.reviews())[-1]["id"]
        async with self.begin(self.shop.scope) as tx:
            return await conclude_review(tx, ConcludeReview(found, "Well enough", follow_ups), By(ANNA, self.now))

    async def reviews(self) -> list[dict[str, Any]]:
        """Oldest first."""
        return await told(self.begin, "SELECT * FROM reviews WHERE storefront_id = $1 ORDER BY id", self.shop.id)

    async def causes(self) -> list[tuple[str, Any]]:
        """Kinds and particulars, oldest first."""
        rows = await told(
            self.begin, "SELECT kind, about FROM review_causes WHERE storefront_id = $1 ORDER BY id", self.shop.id
        )
        return [(row["kind"], _read(row["about"])) for row in rows]

    async def kinds(self) -> list[str]:
        return [kind for kind, _ in await self.causes()]

    async def events(self) -> list[str]:
        """What the shop was told, in live mode."""
        rows = await told(
            self.begin,
            "SELECT kind FROM events WHERE storefront_id = $1 AND mode = 'live' ORDER BY sequence",
            self.shop.id,
        )
        return [row["kind"] for row in rows]

    async def records(self) -> list[dict[str, Any]]:
        rows = await told(
            self.begin,
            "SELECT kind, subject, actor, data, order_id FROM records "
            "WHERE storefront_id = $1 AND kind LIKE 'review.%' ORDER BY id",
            self.shop.id,
        )
        return [row | {"data": _read(row["data"])} for row in rows]

    async def tasks(self) -> list[dict[str, Any]]:
        rows = await told(
            self.begin,
            "SELECT kind, status, owner, due_at, mode, data FROM tasks WHERE storefront_id = $1 ORDER BY id",
            self.shop.id,
        )
        return [row | {"data": _read(row["data"])} for row in rows]

    async def mails(self) -> list[tuple[str, str]]:
        """To whom, and of which place in the review's log."""
        rows = await told(
            self.begin,
            "SELECT recipient, order_seq, milestone, mode FROM messages WHERE storefront_id = $1 ORDER BY id",
            self.shop.id,
        )
        assert {(row["milestone"], row["mode"]) for row in rows} <= {("review_due", "live")}
        return [(row["recipient"], row["order_seq"]) for row in rows]

    async def wire_id(self) -> str:
        return wire("rev", (await self.reviews())[-1]["id"])
