"""What follows from a call that somebody has made."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.fixtures.calls import BY_PHONE, rows, told, with_issue
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id, wire
from tidings.orders.call_told import CallTold
from tidings.tasks.outcomes import NotYet, ToldOutcome


async def tell(begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, outcome: str, **data: Any) -> NotYet | None:
    message = await told(begin)
    said = {"message": wire("msg", message["id"]), "milestone": message["milestone"], "subject": message["subject"]}
    follows = CallTold()
    async with begin(shop.scope) as tx:
        await follows.hold(tx, order_id)
        outcome_told = ToldOutcome(
            shop.id, "test", order_id, new_id(), {**said, **data}, outcome, None, "staff/7", clock.now()
        )
        return await follows(tx, outcome_told)


@pytest.mark.parametrize("outcome", ["reached", "Reached "])
async def test_reached_is_a_communication_that_says_what_was_read_out(
    begin: Begin, shop: Shop, clock: FixedClock, outcome: str
) -> None:
    order_id = await with_issue(begin, shop, clock, **BY_PHONE)
    assert await tell(begin, shop, clock, order_id, outcome, script="Your card was declined.") is None
    (said,) = await rows(begin, "SELECT channel, summary, fulfils FROM communications")
    assert tuple(said) == ("phone", "Your card was declined.", "issue_notification")
    assert (await told(begin))["status"] == "cancelled"


@pytest.mark.parametrize("outcome", ["not_reached", "not reached"])
async def test_not_reached_is_tried_again(begin: Begin, shop: Shop, clock: FixedClock, outcome: str) -> None:
    order_id = await with_issue(begin, shop, clock, **BY_PHONE)
    not_yet = await tell(begin, shop, clock, order_id, outcome, tries=2)
    assert not_yet is not None
    assert (not_yet.due_at, not_yet.data["tries"]) == (clock.now() + timedelta(hours=1), 3)
    assert (await told(begin))["status"] == "pending"


async def test_anything_else_gives_it_up(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await with_issue(begin, shop, clock, **BY_PHONE)
    assert await tell(begin, shop, clock, order_id, "wrong number") is None
    assert (await told(begin))["reason"] == "the call was given up: wrong number"
    assert await rows(begin, "SELECT FROM communications") == []
