"""The connection that something came in by."""

from typing import Protocol
from uuid import UUID

from tidings.delivery.ports import ConnectionConfig
from tidings.kit.db import Begin
from tidings.kit.problem import NotFound
from tidings.kit.vault import VaultClosed
from tidings.storefronts.channels import is_connection


class Connections(Protocol):
    """Knows the connections."""

    begin: Begin

    async def connection(self, connection_id: UUID) -> ConnectionConfig | None:
        """One connection, decrypted; None when it is gone or its secrets cannot be opened."""
        ...


async def connection_in(known: Connections, connection_id: UUID | None) -> ConnectionConfig:
    """The connection that the callback came in by.

    Raises:
        NotFound: there is none.
        VaultClosed: its secrets cannot be opened: our trouble, so whoever brings something shall come again.
    """
    if connection_id is None:
        raise NotFound
    connection = await known.connection(connection_id)
    if connection is not None:
        return connection
    async with known.begin.reading(None) as tx:
        if await is_connection(tx, connection_id):
            raise VaultClosed
    raise NotFound
