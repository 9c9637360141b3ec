"""Rotating keys with an overlap."""

import json
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.db.storefronts.trail import trail
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.problem import NotFound
from tidings.storefronts.authenticate import KeyRing
from tidings.storefronts.errors import KeyNotUsable, Unauthorised
from tidings.storefronts.issue_key import IssuedKey, IssueKey, issue_key
from tidings.storefronts.queries import key_by_id
from tidings.storefronts.revoke_key import revoke_key
from tidings.storefronts.rotate_key import rotate_key

DAY = timedelta(days=1)


@pytest.fixture
async def old(begin: Begin, clock: FixedClock, shop: Shop) -> IssuedKey:
    async with begin(shop.scope) as tx:
        wanted = IssueKey(name="Backend", principal="backend", scopes=("orders", "operations"))
        return await issue_key(tx, wanted, actor="a", now=clock.now())


async def test_both_keys_work_until_the_overlap_is_over(
    begin: Begin, clock: FixedClock, shop: Shop, old: IssuedKey
) -> None:
    async with begin(shop.scope) as tx:
        new = await rotate_key(tx, old.row.id, overlap=DAY, actor="staff/ada", now=clock.now())
    assert (new.row.name, new.row.principal, new.row.scopes) == ("Backend", "backend", ["orders", "operations"])
    keys = KeyRing(begin, keep_seconds=0)
    for key in (old.key, new.key):
        assert (await keys.caller_of(f"Bearer {key}", None, now=clock.now())).principal == "backend"
    clock.advance(DAY)
    await keys.caller_of(f"Bearer {new.key}", None, now=clock.now())
    with pytest.raises(Unauthorised):
        await keys.caller_of(f"Bearer {old.key}", None, now=clock.now())
    created, rotated = (await trail(begin, shop))[-2:]
    assert json.loads(created.data)["replaces"] == wire("key", old.row.id)
    assert json.loads(rotated.data)["replaced_by"] == wire("key", new.row.id)


async def test_an_earlier_end_of_the_old_key_stays(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    soon = clock.now() + timedelta(hours=1)
    async with begin(shop.scope) as tx:
        wanted = IssueKey(name="n", principal="p", scopes=("orders",), expires_at=soon)
        issued = await issue_key(tx, wanted, actor="a", now=clock.now())
    async with begin(shop.scope) as tx:
        new = await rotate_key(tx, issued.row.id, overlap=DAY, actor="a", now=clock.now())
        assert (await key_by_id(tx, issued.row.id)).expires_at == soon
    assert new.row.expires_at == soon


async def test_a_key_is_rotated_once(begin: Begin, clock: FixedClock, shop: Shop, old: IssuedKey) -> None:
    async with begin(shop.scope) as tx:
        await rotate_key(tx, old.row.id, overlap=DAY, actor="a", now=clock.now())
    with pytest.raises(KeyNotUsable):
        async with begin(shop.scope) as tx:
            await rotate_key(tx, old.row.id, overlap=DAY, actor="a", now=clock.now())


async def test_a_key_that_works_no_more_is_not_rotated(
    begin: Begin, clock: FixedClock, shop: Shop, old: IssuedKey
) -> None:
    async with begin(shop.scope) as tx:
        await revoke_key(tx, old.row.id, actor="a", now=clock.now())
    with pytest.raises(KeyNotUsable):
        async with begin(shop.scope) as tx:
            await rotate_key(tx, old.row.id, overlap=DAY, actor="a", now=clock.now())


async def test_another_modes_key_is_not_found(begin: Begin, clock: FixedClock, shop: Shop, old: IssuedKey) -> None:
    with pytest.raises(NotFound):
        async with begin(shop.live_scope) as tx:
            await rotate_key(tx, old.row.id, overlap=DAY, actor="a", now=clock.now())
