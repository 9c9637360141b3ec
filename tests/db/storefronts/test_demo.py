"""The demo storefront is made once, and found again."""

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.adapters.registry import Registry
from tidings.kit.db import Begin, Scope
from tidings.kit.page import Window
from tidings.kit.problem import InvalidInput
from tidings.kit.vault import Vault
from tidings.storefronts.authenticate import KeyRing
from tidings.storefronts.demo import DEMO_LIFE, demo_is_ready, ensure_demo
from tidings.storefronts.errors import KeyTaken
from tidings.storefronts.policy import Verification, policy_of
from tidings.storefronts.queries import connections_page, storefront

KEYS = ("td_test_0123456789abcdef", "td_live_0123456789abcdef")


async def test_it_has_sandbox_connections_in_test_mode_only_and_keys_of_both(
    begin: Begin, clock: FixedClock, catalogue: Registry, vault: Vault
) -> None:
    assert not await demo_is_ready(begin, KEYS)
    for keys in (KEYS[:1], KEYS, KEYS):
        demo = await ensure_demo(begin, keys, catalogue=catalogue, vault=vault, now=clock.now())
    assert await demo_is_ready(begin, KEYS)
    async with begin.reading(Scope(demo, "test")) as tx:
        row = await storefront(tx)
        connections = (await connections_page(tx, Window())).items
    assert (row.slug, row.time_zone, row.currency, row.calendar) == ("demo", "Europe/Berlin", "EUR", {})
    assert sorted(each.channel for each in connections) == ["email", "payment", "push", "sms", "stock", "voice"]
    assert {each.provider for each in connections} == {"sandbox"}
    async with begin.reading(Scope(demo, "live")) as tx:
        assert not (await connections_page(tx, Window())).items
    ring = KeyRing(begin, keep_seconds=0)
    for key, mode in zip(KEYS, ("test", "live"), strict=True):
        caller = await ring.caller_of(f"Bearer {key}", None, now=clock.now())
        assert (caller.scope, len(caller.scopes)) == (Scope(demo, mode), 4)


async def test_it_is_not_ready_until_every_given_key_is_known(
    begin: Begin, clock: FixedClock, catalogue: Registry, vault: Vault
) -> None:
    await ensure_demo(begin, KEYS[:1], catalogue=catalogue, vault=vault, now=clock.now())
    assert await demo_is_ready(begin, KEYS[:1])
    assert not await demo_is_ready(begin, KEYS)


async def test_a_given_key_must_be_one_and_nobody_elses(
    begin: Begin, clock: FixedClock, catalogue: Registry, vault: Vault, shop: Shop
) -> None:
    with pytest.raises(InvalidInput):
        await ensure_demo(begin, ["mine"], catalogue=catalogue, vault=vault, now=clock.now())
    with pytest.raises(KeyTaken):
        await ensure_demo(begin, [shop.test_key], catalogue=catalogue, vault=vault, now=clock.now())


async def test_another_one_has_machines_verify_its_orders(
    begin: Begin, clock: FixedClock, catalogue: Registry, vault: Vault
) -> None:
    plain = await ensure_demo(begin, (), catalogue=catalogue, vault=vault, now=clock.now())
    for _ in range(2):
        life = await ensure_demo(begin, KEYS[:1], catalogue=catalogue, vault=vault, now=clock.now(), shop=DEMO_LIFE)
    assert life != plain
    async with begin.reading(Scope(life, "test")) as tx:
        row = await storefront(tx)
        connections = (await connections_page(tx, Window())).items
    assert policy_of(row.policy) == DEMO_LIFE.policy
    assert {"email", "payment"} <= {each.channel for each in connections}
    async with begin.reading(Scope(plain, "test")) as tx:
        assert policy_of((await storefront(tx)).policy).verification == Verification()
