"""A storefront's connections, as adapters are given them."""

from collections.abc import Collection
from uuid import UUID

from tidings.delivery.ports import ConnectionConfig
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.vault import Vault
from tidings.storefronts.usable import OpenedConnection, usable_connections


class ConnectionReader:
    """Reads the usable connections of storefronts."""

    def __init__(self, begin: Begin, vault: Vault, clock: Clock) -> None:
        self._begin = begin
        self._vault = vault
        self._clock = clock

    async def __call__(self, storefronts: Collection[UUID]) -> list[ConnectionConfig]:
        """Those that may be used now, the preferred first."""
        async with self._begin.across() as tx:
            opened = await usable_connections(tx, storefronts, self._vault, now=self._clock.now())
        return [config_of(connection) for connection in opened]


def config_of(connection: OpenedConnection) -> ConnectionConfig:
    """The connection as adapters see it."""
    return ConnectionConfig(
        id=connection.id,
        storefront_id=connection.storefront_id,
        mode=connection.mode,
        name=connection.name,
        channel=connection.channel,
        provider=connection.provider,
        settings=connection.settings,
        secrets=connection.secrets,
        version=connection.version,
    )
