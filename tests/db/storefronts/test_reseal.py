"""Secrets are put under the newest key."""

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.adapters.registry import Registry
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.vault import Vault, VaultClosed, new_vault_key
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.queries import connection_by_id
from tidings.storefronts.reseal import reseal_connections


async def test_after_resealing_the_old_key_is_not_needed(
    begin: Begin, shop: Shop, clock: FixedClock, catalogue: Registry
) -> None:
    old, new = new_vault_key(), new_vault_key()
    async with begin(shop.scope) as tx:
        wanted = AddConnection(name="a", channel="sms", provider="sandbox")
        row = await add_connection(tx, wanted, catalogue=catalogue, vault=Vault([old]), now=clock.now())
    with pytest.raises(VaultClosed):
        async with begin.across() as tx:
            await reseal_connections(tx, Vault([new]), actor="staff/ada", now=clock.now())
    async with begin.across() as tx:
        assert await reseal_connections(tx, Vault([new, old]), actor="staff/ada", now=clock.now()) == 1
    async with begin.reading(shop.scope) as tx:
        resealed = await connection_by_id(tx, row.id)
        told = await tx.raw.fetchrow("SELECT actor, subject FROM records WHERE kind = 'connection.resealed'")
    assert (told["actor"], told["subject"]) == ("staff/ada", wire("con", row.id))
    assert Vault([new]).open_all(resealed.secrets) == Vault([old]).open_all(row.secrets)
    assert resealed.version == row.version
