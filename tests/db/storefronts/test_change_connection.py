"""Changing and removing connections."""

import json
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.db.storefronts.trail import trail
from tests.fixtures.shop import Shop
from tidings.adapters.registry import Registry
from tidings.kit.db import Begin
from tidings.kit.problem import InvalidInput, NotFound, PreconditionFailed
from tidings.kit.vault import Vault
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.change_connection import ChangeConnection, change_connection, remove_connection
from tidings.storefronts.errors import NameTaken
from tidings.storefronts.halt import Halting, halt_connections
from tidings.storefronts.queries import connection_by_id
from tidings.storefronts.tables import ConnectionRow
from tidings.storefronts.usable import connection_by_id as opened_by_id


class Desk:
    """Makes and changes connections of the shop's test mode."""

    def __init__(self, begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault) -> None:
        self.begin, self.clock, self.shop = begin, clock, shop
        self.made_with = {"catalogue": catalogue, "vault": vault}
        self.vault = vault

    async def add(self, name: str = "sms-main") -> ConnectionRow:
        async with self.begin(self.shop.scope) as tx:
            wanted = AddConnection(name=name, channel="sms", provider="sandbox", settings={"beat_seconds": 1})
            return await add_connection(tx, wanted, **self.made_with, now=self.clock.now())

    async def change(self, row: ConnectionRow, **changes: object) -> ConnectionRow:
        async with self.begin(self.shop.scope) as tx:
            wanted = ChangeConnection(connection_id=row.id, actor="staff/ada", **changes)
            return await change_connection(tx, wanted, **self.made_with, now=self.clock.now())

    async def remove(self, row: ConnectionRow) -> None:
        async with self.begin(self.shop.scope) as tx:
            await remove_connection(tx, row.id, actor="staff/ada", now=self.clock.now())

    async def stored(self, row: ConnectionRow) -> ConnectionRow:
        async with self.begin.reading(self.shop.scope) as tx:
            return await connection_by_id(tx, row.id)


@pytest.fixture
def desk(begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault) -> Desk:
    return Desk(begin, clock, shop, catalogue, vault)


async def test_what_is_given_is_changed_and_all_else_stays(desk: Desk) -> None:
    row = await desk.add()
    await desk.change(row, name="sms-first", priority=0, is_paused=True, settings={"slow_seconds": 2})
    stored = await desk.stored(row)
    assert (stored.name, stored.priority, stored.paused_at, stored.version) == ("sms-first", 0, desk.clock.now(), 2)
    assert (stored.settings["beat_seconds"], stored.settings["slow_seconds"]) == (1, 2)
    assert desk.vault.open_all(stored.secrets) == desk.vault.open_all(row.secrets)
    record = (await trail(desk.begin, desk.shop))[-1]
    assert (record.kind, record.actor) == ("connection.changed", "staff/ada")
    assert json.loads(record.data)["changed"] == ["name", "priority", "is_paused", "settings.slow_seconds"]


async def test_a_null_takes_a_setting_out(desk: Desk) -> None:
    row = await desk.add()
    await desk.change(row, settings={"beat_seconds": None})
    assert (await desk.stored(row)).settings["beat_seconds"] == 0.25


async def test_a_pause_ends(desk: Desk) -> None:
    row = await desk.add()
    await desk.change(row, is_paused=True)
    await desk.change(row, is_paused=False)
    assert (await desk.stored(row)).paused_at is None


async def test_new_secrets_replace_the_old_and_are_in_no_record(desk: Desk) -> None:
    row = await desk.add()
    fresh = "whsec_" + "A" * 43 + "="
    changed = await desk.change(row, secrets={"signing_secret": fresh})
    assert desk.vault.open_all(changed.secrets) == {"signing_secret": fresh}
    record = (await trail(desk.begin, desk.shop))[-1]
    assert json.loads(record.data)["changed"] == ["secrets.signing_secret"]
    assert fresh not in record.data


async def test_any_change_ends_a_halt(desk: Desk) -> None:
    row = await desk.add()
    halting = Halting(desk.shop.id, "test", row.id, 1, "wrong password", timedelta(hours=1), desk.clock.now())
    async with desk.begin.across() as tx:
        await halt_connections(tx, [halting])
    assert (await desk.stored(row)).halted_reason == "wrong password"
    await desk.change(row)
    stored = await desk.stored(row)
    assert (stored.halted_until, stored.halted_reason) == (None, None)


async def test_what_was_said_of_the_old_settings_does_not_halt_the_new(desk: Desk) -> None:
    row = await desk.add()
    await desk.change(row, settings={"slow_seconds": 2})
    late = Halting(desk.shop.id, "test", row.id, 1, "wrong password", timedelta(hours=1), desk.clock.now())
    async with desk.begin.across() as tx:
        assert await halt_connections(tx, [late]) == []
    assert (await desk.stored(row)).halted_until is None
    assert "connection.halted" not in [record.kind for record in await trail(desk.begin, desk.shop)]


async def test_settings_that_the_provider_does_not_take_change_nothing(desk: Desk) -> None:
    row = await desk.add()
    with pytest.raises(InvalidInput):
        await desk.change(row, priority=9, settings={"beat_seconds": -1})
    assert (await desk.stored(row)).version == 1


async def test_an_older_version_is_not_changed(desk: Desk) -> None:
    row = await desk.add()
    with pytest.raises(PreconditionFailed):
        await desk.change(row, priority=9, if_match='"0"')


async def test_a_name_that_another_has_is_not_given(desk: Desk) -> None:
    row, _ = await desk.add(), await desk.add("sms-second")
    with pytest.raises(NameTaken):
        await desk.change(row, name="sms-second")
    await desk.change(row, name="sms-main")


async def test_a_removed_connection_is_gone_but_for_its_callbacks(desk: Desk) -> None:
    row = await desk.add()
    await desk.remove(row)
    with pytest.raises(NotFound):
        await desk.stored(row)
    with pytest.raises(NotFound):
        await desk.remove(row)
    async with desk.begin.across() as tx:
        opened = await opened_by_id(tx, row.id, desk.vault)
    assert opened is not None
    assert opened.secrets == desk.vault.open_all(row.secrets)
    assert "signing" not in repr(opened)
    # Its name is free again.
    assert (await desk.add()).id != row.id


async def test_another_storefronts_connection_is_not_found(
    desk: Desk, begin: Begin, other_shop: Shop, clock: FixedClock
) -> None:
    row = await desk.add()
    with pytest.raises(NotFound):
        async with begin(other_shop.scope) as tx:
            await remove_connection(tx, row.id, actor="a", now=clock.now())
