"""Connections are remembered for some seconds, with their secrets opened."""

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.kit.ids import new_id
from tidings.kit.vault import Vault, new_vault_key
from tidings.storefronts.connectionbook import ConnectionBook


@pytest.fixture
def vault() -> Vault:
    return Vault([new_vault_key()])


async def change(mailroom: Mailroom, sealed: bytes) -> None:
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE connections SET secrets = $1", sealed)


async def test_a_connection_is_read_once_until_it_is_forgotten(mailroom: Mailroom, vault: Vault) -> None:
    by = await mailroom.connect("sms", secrets=vault.seal_all({"token": "old"}))
    book = ConnectionBook(mailroom.begin, vault, keep_seconds=60)
    first = await book.of(by.connection_id)
    assert first is not None
    assert (first.secrets, first.storefront_id) == ({"token": "old"}, mailroom.shop.id)
    await change(mailroom, vault.seal_all({"token": "new"}))
    assert await book.of(by.connection_id) is first
    book.forget(by.connection_id)
    anew = await book.of(by.connection_id)
    assert anew is not None
    assert anew.secrets == {"token": "new"}


async def test_what_another_process_changes_is_seen_when_the_time_is_over(mailroom: Mailroom, vault: Vault) -> None:
    by = await mailroom.connect("sms", secrets=vault.seal_all({"token": "old"}))
    book = ConnectionBook(mailroom.begin, vault, keep_seconds=0)
    await book.of(by.connection_id)
    await change(mailroom, b"gAAAAA nonsense")
    assert await book.of(by.connection_id) is None


async def test_what_is_not_there_is_looked_for_every_time(mailroom: Mailroom, vault: Vault) -> None:
    book = ConnectionBook(mailroom.begin, vault, keep_seconds=60)
    unknown = new_id()
    assert await book.of(unknown) is None
    by = await mailroom.connect("sms", secrets=vault.seal_all({}))
    async with mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE connections SET id = $1 WHERE id = $2", unknown, by.connection_id)
    assert await book.of(unknown) is not None
