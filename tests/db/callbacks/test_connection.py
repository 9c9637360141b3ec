"""The connection that something came in by: there, not there, or there and not to be opened."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.fixtures.mailroom import Mailroom
from tidings.callbacks.connection import connection_in
from tidings.delivery.ports import ConnectionConfig
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.problem import NotFound
from tidings.kit.vault import VaultClosed


@dataclass
class Opening:
    """Opens the connections that it is given, and no others."""

    begin: Begin
    opened: ConnectionConfig | None = None

    async def connection(self, connection_id: UUID) -> ConnectionConfig | None:
        return self.opened


async def test_one_that_can_be_opened_is_the_one(mailroom: Mailroom) -> None:
    made = ConnectionConfig(new_id(), mailroom.shop.id, "test", "main", "email", "smtp", {}, {}, 1)
    assert await connection_in(Opening(mailroom.begin, made), made.id) is made


async def test_what_is_no_id_or_nobodys_is_not_found(mailroom: Mailroom) -> None:
    for asked in (None, new_id()):
        with pytest.raises(NotFound):
            await connection_in(Opening(mailroom.begin), asked)


async def test_one_whose_secrets_cannot_be_opened_is_there_all_the_same(mailroom: Mailroom) -> None:
    origin = await mailroom.connect("email")
    with pytest.raises(VaultClosed):
        await connection_in(Opening(mailroom.begin), origin.connection_id)
