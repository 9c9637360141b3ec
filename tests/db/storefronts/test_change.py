"""Changing what a storefront says of itself."""

import json
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.db.storefronts.trail import trail
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin, Scope
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound, PreconditionFailed
from tidings.storefronts.change import change_storefront
from tidings.storefronts.policy import Policy
from tidings.storefronts.schemas import Brand, Contact, StorefrontChange
from tidings.storefronts.shopbook import shop_rules


async def test_what_is_given_is_changed_and_all_else_stays(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    change = StorefrontChange(
        name="Tea House", contact=Contact(phone="+49 30 1"), policy=Policy(order_number_prefix="W-")
    )
    later = clock.advance(timedelta(hours=1))
    async with begin(shop.scope) as tx:
        await change_storefront(tx, change, actor="staff/ada", now=later)
    async with begin(shop.scope) as tx:
        rules = await shop_rules(tx, shop.id)
    assert (rules.name, rules.version, rules.locale) == ("Tea House", 2, "de-DE")
    assert rules.contact == {"phone": "+49 30 1"}
    assert rules.policy == Policy(order_number_prefix="W-")
    (record,) = await trail(begin, shop)
    assert (record.kind, record.actor, record.at) == ("storefront.changed", "staff/ada", later)
    assert json.loads(record.data) == {"changed": ["name", "contact", "policy"], "version": 2}


async def test_nothing_new_changes_nothing(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    for change in (StorefrontChange(), StorefrontChange(name="Teahouse", locale="de-DE")):
        async with begin(shop.scope) as tx:
            row = await change_storefront(tx, change, actor="staff/ada", now=clock.now())
        assert row.version == 1
    assert await trail(begin, shop) == []


async def test_an_older_version_is_not_changed(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    with pytest.raises(PreconditionFailed):
        async with begin(shop.scope) as tx:
            await change_storefront(tx, StorefrontChange(name="x"), actor="a", if_match='"7"', now=clock.now())
    async with begin(shop.scope) as tx:
        change = StorefrontChange(brand=Brand(color="#123456"))
        assert (await change_storefront(tx, change, actor="a", if_match='"1"', now=clock.now())).version == 2


async def test_a_storefront_that_is_gone_is_not_found(begin: Begin, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        async with begin(Scope(new_id(), "live")) as tx:
            await change_storefront(tx, StorefrontChange(name="x"), actor="a", now=clock.now())
