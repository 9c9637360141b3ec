"""Rules that are changed part by part, by two at once."""

import asyncio
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import InvalidInput, PreconditionFailed
from tidings.storefronts.change import storefront_for_update
from tidings.storefronts.change_rules import PatchRules, change_calendar, change_policy
from tidings.storefronts.queries import storefront
from tidings.storefronts.shopbook import shop_rules
from tidings.storefronts.views import storefront_of


async def patch(
    begin: Begin, shop: Shop, clock: FixedClock, change: dict[str, Any], if_match: str | None = None
) -> int:
    async with begin(shop.scope) as tx:
        row = await change_policy(tx, PatchRules(change, "staff/ada", if_match), now=clock.now())
    return row.version


async def test_two_who_change_different_parts_at_once_undo_nothing(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    changes: list[dict[str, Any]] = [{"desk": {"owner": "staff/anna"}}, {"desk": {"email": "desk@shop.test"}}]
    versions = await asyncio.gather(*(patch(begin, shop, clock, change) for change in changes))
    assert sorted(versions) == [2, 3]
    async with begin.reading(shop.scope) as tx:
        desk = (await shop_rules(tx, shop.id)).policy.desk
    assert (desk.owner, desk.email) == ("staff/anna", "desk@shop.test")


async def test_an_address_that_was_stored_before_any_was_judged_stays_and_hinders_nothing(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    async with begin(shop.scope) as tx:
        row = await storefront_for_update(tx)
        row.policy = {"desk": {"email": "anna@@shop"}}
        row.contact = {"email": "hello@ü..example"}
    await patch(begin, shop, clock, {"desk": {"owner": "staff/anna"}})
    async with begin.reading(shop.scope) as tx:
        rules = await shop_rules(tx, shop.id)
        told = storefront_of(await storefront(tx))
    assert (rules.policy.desk.email, rules.policy.desk.owner) == ("anna@@shop", "staff/anna")
    assert told.contact == {"email": "hello@ü..example"}
    with pytest.raises(InvalidInput) as refusal:
        await patch(begin, shop, clock, {"desk": {"email": "ben@@shop"}})
    assert [fault.pointer for fault in refusal.value.faults] == ["/desk/email"]


async def test_of_two_who_know_the_same_version_one_is_told(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    changes: list[dict[str, Any]] = [{"completes_after_days": days} for days in (1, 2)]
    told = await asyncio.gather(
        *(patch(begin, shop, clock, change, '"1"') for change in changes), return_exceptions=True
    )
    assert sorted(isinstance(each, PreconditionFailed) for each in told) == [False, True]


@pytest.mark.parametrize("change", [change_policy, change_calendar])
async def test_a_patch_that_changes_nothing_makes_no_version(
    begin: Begin, clock: FixedClock, shop: Shop, change: Any
) -> None:
    async with begin(shop.scope) as tx:
        row = await change(tx, PatchRules({}, "staff/ada"), now=clock.now())
    assert row.version == 1
    async with begin(shop.scope) as tx:
        assert await tx.raw.fetchval("SELECT count(*) FROM rule_books WHERE storefront_id = $1", shop.id) == 1


async def test_what_is_refused_changes_nothing(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    with pytest.raises(InvalidInput):
        await patch(begin, shop, clock, {"desk": {"owner_out": [{"first": "2026-12-01", "last": "2026-12-02"}]}})
    with pytest.raises(InvalidInput):
        async with begin(shop.scope) as tx:
            await change_calendar(tx, PatchRules({"hours": {"mon": []}}, "staff/ada"), now=clock.now())
    async with begin.reading(shop.scope) as tx:
        assert (await shop_rules(tx, shop.id)).version == 1
