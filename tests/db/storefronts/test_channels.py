"""Which channels of which shops have a connection."""

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.adapters.registry import Registry
from tidings.kit.db import Begin
from tidings.kit.vault import Vault
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.channels import open_channels


async def test_a_channel_is_open_when_one_of_its_connections_is_not_paused(
    begin: Begin, shop: Shop, other_shop: Shop, clock: FixedClock, catalogue: Registry, vault: Vault
) -> None:
    made = {}
    async with begin(shop.scope) as tx:
        for name, channel in (("a", "sms"), ("b", "sms"), ("c", "email")):
            wanted = AddConnection(name=name, channel=channel, provider="sandbox")
            made[name] = await add_connection(tx, wanted, catalogue=catalogue, vault=vault, now=clock.now())
    async with begin(shop.scope) as tx:
        paused = [made["a"].id, made["c"].id]
        await tx.raw.execute("UPDATE connections SET paused_at = now() WHERE id = ANY($1)", paused)
    async with begin.across() as tx:
        assert await open_channels(tx, [shop.id, other_shop.id]) == {(shop.id, "test", "sms")}
        assert await open_channels(tx, [other_shop.id]) == set()
