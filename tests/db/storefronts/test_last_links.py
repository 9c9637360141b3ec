"""Until when links work that were sent by now."""

from datetime import timedelta

from tests.clock import FixedClock
from tests.db.storefronts.test_keep_rules import changed
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.storefronts.improvement import FeedbackRules
from tidings.storefronts.last_links import last_feedback_link_ends
from tidings.storefronts.policy import Policy
from tidings.storefronts.schemas import StorefrontChange


def lasting(days: int) -> StorefrontChange:
    return StorefrontChange(policy=Policy(feedback=FeedbackRules(link_days=days)))


async def lasts(begin: Begin, clock: FixedClock) -> timedelta:
    async with begin.across() as tx:
        return await last_feedback_link_ends(tx, now=clock.now()) - clock.now()


async def test_the_longest_of_all_shops_counts(begin: Begin, clock: FixedClock, shop: Shop, other_shop: Shop) -> None:
    assert await lasts(begin, clock) == timedelta(days=FeedbackRules().link_days)
    await changed(begin, shop, clock, lasting(100))
    assert await lasts(begin, clock) == timedelta(days=100)
    await changed(begin, other_shop, clock, lasting(1))
    assert await lasts(begin, clock) == timedelta(days=100)


async def test_links_that_were_sent_under_earlier_rules_last_as_long_as_those_said(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    await changed(begin, shop, clock, lasting(100))
    await changed(begin, shop, clock, lasting(10))
    assert await lasts(begin, clock) == timedelta(days=100)
    clock.advance(timedelta(days=95))
    assert await lasts(begin, clock) == timedelta(days=10)


async def test_without_shops_there_are_no_links(begin: Begin, clock: FixedClock) -> None:
    assert await lasts(begin, clock) == timedelta(0)
