"""A shop's rules are kept in versions, so that what was decided by them can be understood later."""

from datetime import timedelta

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.storefronts.change import change_storefront
from tidings.storefronts.keep_rules import rules_before, rules_in_force
from tidings.storefronts.open import OpenStorefront, open_storefront
from tidings.storefronts.policy import Policy
from tidings.storefronts.schemas import StorefrontChange

HOUR = timedelta(hours=1)


async def changed(begin: Begin, shop: Shop, clock: FixedClock, change: StorefrontChange) -> None:
    clock.advance(HOUR)
    async with begin(shop.scope) as tx:
        await change_storefront(tx, change, actor="staff/ada", now=clock.now())


async def test_each_version_is_found_by_the_time_in_which_it_was_in_force(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    opened = clock.now()
    await changed(begin, shop, clock, StorefrontChange(policy=Policy(order_number_prefix="A-")))
    await changed(begin, shop, clock, StorefrontChange(time_zone="Asia/Tokyo"))
    async with begin.reading(shop.scope) as tx:
        found = [await rules_in_force(tx, shop.id, opened + hours * HOUR) for hours in (-1, 0, 1, 2, 3)]
    assert [(row.version, row.policy, row.time_zone) for row in found if row] == [
        # What came before the first is judged by the first.
        (1, {}, "Europe/Berlin"),
        (1, {}, "Europe/Berlin"),
        (2, Policy(order_number_prefix="A-").model_dump(mode="json", exclude_none=True), "Europe/Berlin"),
        (3, Policy(order_number_prefix="A-").model_dump(mode="json", exclude_none=True), "Asia/Tokyo"),
        (3, Policy(order_number_prefix="A-").model_dump(mode="json", exclude_none=True), "Asia/Tokyo"),
    ]
    assert [row.changed_by for row in found if row] == ["tests", "tests", "staff/ada", "staff/ada", "staff/ada"]


async def test_what_is_no_rule_makes_no_new_version_of_them(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    await changed(begin, shop, clock, StorefrontChange(name="Tea House"))
    async with begin.reading(shop.scope) as tx:
        row = await rules_in_force(tx, shop.id, clock.now())
    assert row is not None
    assert row.version == 1


async def test_a_shop_has_rules_from_its_opening_on(begin: Begin, clock: FixedClock) -> None:
    async with begin.across() as tx:
        made = await open_storefront(tx, OpenStorefront(slug="new", name="New"), actor="tests", now=clock.now())
    async with begin.across() as tx:
        row = await rules_in_force(tx, made.id, clock.now())
        assert await rules_in_force(tx, new_id(), clock.now()) is None
    assert row is not None
    assert (row.version, row.policy, row.from_at) == (1, {}, clock.now())


async def test_a_version_is_not_written_anew(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with begin(shop.scope) as tx:
            await tx.raw.execute("UPDATE rule_books SET policy = '{}'")


async def test_the_rules_before_a_version_are_found(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    await changed(begin, shop, clock, StorefrontChange(time_zone="Asia/Tokyo"))
    async with begin.reading(shop.scope) as tx:
        before = await rules_before(tx, shop.id, 2)
        assert await rules_before(tx, shop.id, 1) is None
    assert before is not None
    assert (before.version, before.time_zone) == (1, "Europe/Berlin")
