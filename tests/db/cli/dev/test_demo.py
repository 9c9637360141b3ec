"""The demo storefront over a runtime, also on a database that another data folder has used."""

import pytest

from tests.fixtures.shop import Shop
from tidings.bootstrap import runtime
from tidings.cli.dev.demo import open_demo
from tidings.kit.db import Begin
from tidings.kit.vault import new_vault_key
from tidings.settings import DatabaseSettings, DevSettings, SecretsSettings, Settings
from tidings.storefronts.errors import KeyTaken

KEY = "td_test_demo_key_of_the_tests"
SEALED = "SELECT count(*) FROM connections WHERE provider = 'sandbox' AND removed_at IS NULL"


async def opened(database_url: str, key: str, *api_keys: str) -> None:
    settings = Settings(
        database=DatabaseSettings(url=database_url), secrets=SecretsSettings(keys=(key,)), dev=DevSettings(enabled=True)
    )
    async with runtime(settings, role="api") as made:
        await open_demo(made, [KEY, *api_keys])


async def count(begin: Begin, sql: str) -> int:
    async with begin.across() as tx:
        found: int = await tx.raw.fetchval(sql)
    return found


async def test_a_second_start_finds_everything_there(database_url: str, begin: Begin):
    key = new_vault_key()
    await opened(database_url, key)
    await opened(database_url, key)
    assert await count(begin, "SELECT count(*) FROM storefronts") == 1
    assert await count(begin, "SELECT count(*) FROM connections") == 6
    assert await count(begin, "SELECT count(*) FROM api_keys") == 1


async def test_connections_that_nobody_can_open_any_more_are_made_anew(database_url: str, begin: Begin):
    await opened(database_url, new_vault_key())
    await opened(database_url, new_vault_key())
    assert await count(begin, SEALED) == 6
    assert await count(begin, "SELECT count(*) FROM connections") == 12


async def test_a_key_of_another_storefront_is_refused(database_url: str, shop: Shop):
    # Raised inside the runtime's task group.
    with pytest.RaisesGroup(KeyTaken):
        await opened(database_url, new_vault_key(), shop.test_key)
