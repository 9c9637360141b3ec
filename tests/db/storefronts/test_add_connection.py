"""Adding connections."""

import json

import pytest

from tests.clock import FixedClock
from tests.db.storefronts.trail import trail
from tests.fixtures.shop import Shop
from tidings.adapters.registry import Registry
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.kit.problem import InvalidInput
from tidings.kit.vault import Vault
from tidings.storefronts.add_connection import AddConnection, add_connection
from tidings.storefronts.errors import NameTaken

SANDBOX = AddConnection(name="sms-main", channel="sms", provider="sandbox", actor="staff/ada")
TWILIO = AddConnection(
    name="sms-main",
    channel="sms",
    provider="twilio",
    settings={"account_sid": "AC" + "0" * 32, "from": "+15005550006"},
    secrets={"auth_token": "a-very-secret-token-of-32-letters"},
)


async def test_secrets_are_sealed_and_in_no_record(
    begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault
) -> None:
    async with begin(shop.live_scope) as tx:
        row = await add_connection(tx, TWILIO, catalogue=catalogue, vault=vault, now=clock.now())
    assert vault.open_all(row.secrets) == TWILIO.secrets
    assert row.settings["from"] == "+15005550006"
    async with begin.reading(None) as tx:
        everything = await tx.raw.fetchval(
            "SELECT (SELECT string_agg(c::text, '') FROM connections c)"
            " || (SELECT string_agg(r::text, '') FROM records r)"
        )
    assert "a-very-secret" not in everything
    async with begin.reading(shop.live_scope) as tx:
        kind, data = await tx.raw.fetchrow("SELECT kind, data::text FROM records")
    assert kind == "connection.added"
    assert json.loads(data) == {"channel": "sms", "provider": "twilio", "version": 1}


async def test_secrets_of_our_own_choosing_are_made_up(
    begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault
) -> None:
    async with begin(shop.scope) as tx:
        row = await add_connection(tx, SANDBOX, catalogue=catalogue, vault=vault, now=clock.now())
    assert len(vault.open_all(row.secrets)["signing_secret"]) > 20
    assert (row.mode, row.priority, row.version) == ("test", 1, 1)
    (record,) = await trail(begin, shop)
    assert record.actor == "staff/ada"


async def test_a_name_is_given_once_to_a_mode(
    begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault
) -> None:
    async with begin(shop.scope) as tx:
        row = await add_connection(tx, SANDBOX, catalogue=catalogue, vault=vault, now=clock.now())
    with pytest.raises(NameTaken) as refused:
        async with begin(shop.scope) as tx:
            await add_connection(tx, SANDBOX, catalogue=catalogue, vault=vault, now=clock.now())
    assert refused.value.members == {"connection_id": wire("con", row.id)}
    async with begin(shop.live_scope) as tx:
        await add_connection(tx, SANDBOX, catalogue=catalogue, vault=vault, now=clock.now())


async def test_test_mode_reaches_only_the_sandbox(
    begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault
) -> None:
    with pytest.raises(InvalidInput) as refused:
        async with begin(shop.scope) as tx:
            await add_connection(tx, TWILIO, catalogue=catalogue, vault=vault, now=clock.now())
    assert refused.value.faults[0].pointer == "/provider"


async def test_everything_that_the_provider_does_not_take_is_told(
    begin: Begin, clock: FixedClock, shop: Shop, catalogue: Registry, vault: Vault
) -> None:
    wrong = AddConnection(
        name="n", channel="sms", provider="twilio", settings={"form": "+1"}, secrets={"auth_tokn": "x"}
    )
    with pytest.raises(InvalidInput) as refused:
        async with begin(shop.live_scope) as tx:
            await add_connection(tx, wrong, catalogue=catalogue, vault=vault, now=clock.now())
    pointers = {fault.pointer for fault in refused.value.faults}
    assert {"/settings/form", "/settings/account_sid", "/secrets/auth_tokn"} <= pointers
