"""A misconfigured connection is left alone for a while."""

import json
from datetime import timedelta

from tests.clock import FixedClock
from tests.db.storefronts.trail import trail
from tests.fixtures.shop import Shop
from tidings.adapters.registry import Registry
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.vault import Vault
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.halt import Halting, halt_connections
from tidings.storefronts.queries import connection_by_id


async def test_a_halt_has_an_end_a_reason_and_a_record(
    begin: Begin, worker_begin: Begin, shop: Shop, clock: FixedClock, catalogue: Registry, vault: Vault
) -> None:
    async with begin(shop.scope) as tx:
        wanted = AddConnection(name="a", channel="sms", provider="sandbox")
        row = await add_connection(tx, wanted, catalogue=catalogue, vault=vault, now=clock.now())
    five = timedelta(minutes=5)
    known = Halting(shop.id, "test", row.id, 1, "wrong password", five, clock.now())
    unknown = Halting(shop.id, "test", new_id(), 1, "wrong password", five, clock.now())
    async with worker_begin.across() as tx:
        assert await halt_connections(tx, [known, unknown]) == [known]
    async with begin.reading(shop.scope) as tx:
        halted = await connection_by_id(tx, row.id)
    assert (halted.halted_until, halted.halted_reason) == (clock.now() + five, "wrong password")
    _, record = await trail(begin, shop)
    assert (record.kind, json.loads(record.data)) == ("connection.halted", {"seconds": 300.0})
