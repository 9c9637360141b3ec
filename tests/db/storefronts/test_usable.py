"""Which connections may be sent through now."""

from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.adapters.registry import Registry
from tidings.kit.db import Begin
from tidings.kit.vault import Vault, new_vault_key
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.usable import connection_by_id, usable_connections


@pytest.fixture
async def ids(begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault) -> dict:
    made = {}
    async with begin(shop.scope) as tx:
        for name, channel, priority in (("b", "sms", 2), ("a", "sms", 1), ("c", "email", 1)):
            wanted = AddConnection(name=name, channel=channel, provider="sandbox", priority=priority)
            row = await add_connection(tx, wanted, catalogue=catalogue, vault=vault, now=clock.now())
            made[name] = row.id
    return made


async def usable(begin: Begin, shop: Shop, vault: Vault, clock: FixedClock) -> list[str]:
    async with begin.across() as tx:
        found = await usable_connections(tx, [shop.id], vault, now=clock.now())
    return [connection.name for connection in found]


async def test_the_preferred_ones_come_first(
    begin: Begin, shop: Shop, ids: dict, vault: Vault, clock: FixedClock
) -> None:
    found = await usable(begin, shop, vault, clock)
    assert found.index("a") < found.index("b")
    assert set(found) == {"a", "b", "c"}


@pytest.mark.parametrize("column", ["paused_at", "removed_at"])
async def test_paused_and_removed_ones_are_not_used(
    begin: Begin, shop: Shop, ids: dict, vault: Vault, clock: FixedClock, column: str
) -> None:
    async with begin(shop.scope) as tx:
        await tx.raw.execute(f"UPDATE connections SET {column} = now() WHERE id = $1", ids["a"])
    assert "a" not in await usable(begin, shop, vault, clock)


async def test_a_halted_one_is_used_again_by_itself(
    begin: Begin, shop: Shop, ids: dict, vault: Vault, clock: FixedClock
) -> None:
    async with begin(shop.scope) as tx:
        until = clock.now() + timedelta(minutes=5)
        await tx.raw.execute("UPDATE connections SET halted_until = $1 WHERE id = $2", until, ids["a"])
    assert "a" not in await usable(begin, shop, vault, clock)
    clock.advance(timedelta(minutes=5))
    assert "a" in await usable(begin, shop, vault, clock)


async def test_one_that_no_key_opens_does_not_stop_the_others(
    begin: Begin, shop: Shop, ids: dict, vault: Vault, clock: FixedClock
) -> None:
    async with begin(shop.scope) as tx:
        foreign = Vault([new_vault_key()]).seal_all({})
        await tx.raw.execute("UPDATE connections SET secrets = $1 WHERE id = $2", foreign, ids["a"])
    assert set(await usable(begin, shop, vault, clock)) == {"b", "c"}
    async with begin.across() as tx:
        assert await connection_by_id(tx, ids["a"], vault) is None


async def test_other_storefronts_are_left_alone(
    begin: Begin, other_shop: Shop, ids: dict, vault: Vault, clock: FixedClock
) -> None:
    assert await usable(begin, other_shop, vault, clock) == []
