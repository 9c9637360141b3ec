"""Reports by template, the watch over changes and the figures of a review reach their rows through indexes."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.db.plans.test_hot_plans import MANY, Explaining, grown
from tests.fixtures.shop import Shop
from tidings.feedback.figures import feedback_figures
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import new_id
from tidings.reports.templates import AskedTemplates, template_reports
from tidings.reviews.changes import CHANGES_AFTER

pytestmark = pytest.mark.timeout(120)

DAY = timedelta(days=1)


@pytest.fixture
async def history(begin: Begin, shop: Shop, owner_database_url: str) -> int:
    return await grown(begin, shop, owner_database_url, 10_000)


async def explained(begin: Begin, shop: Shop, work: Callable[[Tx], Awaitable[object]]) -> list[tuple[str, str]]:
    async with begin(shop.scope) as tx:
        explaining = Explaining(tx.raw)
        tx.raw = explaining  # type: ignore[assignment]
        await work(tx)
    return explaining.read


async def test_a_report_of_some_days_costs_by_their_messages(history: int, begin: Begin, shop: Shop) -> None:
    """The copies' ids are from all times; of a day there are hardly any."""
    now = SystemClock().now()

    async def work(tx: Tx) -> object:
        return await template_reports(tx, AskedTemplates(now - DAY, now))

    assert await explained(begin, shop, work) == []


async def test_figures_of_feedback_are_found_by_their_time(history: int, begin: Begin, shop: Shop) -> None:
    now = SystemClock().now()

    async def work(tx: Tx) -> object:
        return await feedback_figures(tx, now - DAY, now)

    assert await explained(begin, shop, work) == []


async def test_changes_are_found_without_looking_at_other_records(
    history: int, worker_begin: Begin, shop: Shop
) -> None:
    async with worker_begin.across() as tx:
        plan = await tx.raw.fetch(f"EXPLAIN {CHANGES_AFTER}", shop.id, "0", new_id(), MANY)
    text = "\n".join(row[0] for row in plan)
    assert "ix_records_changes" in text
    assert "Seq Scan" not in text
