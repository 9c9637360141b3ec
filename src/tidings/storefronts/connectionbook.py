"""Connections with their secrets opened, read once and kept for some seconds: every callback needs one."""

import time
from uuid import UUID

from tidings.kit.db import Begin
from tidings.kit.vault import Vault
from tidings.storefronts.usable import OpenedConnection, connection_by_id


class ConnectionBook:
    """Looks up connections; a change of one is seen by every process within `keep_seconds`."""

    def __init__(self, begin: Begin, vault: Vault, *, keep_seconds: float) -> None:
        self._begin = begin
        self._vault = vault
        self._keep_seconds = keep_seconds
        self._kept: dict[UUID, tuple[float, OpenedConnection]] = {}

    async def of(self, connection_id: UUID) -> OpenedConnection | None:
        """One connection, also if it is paused, removed or halted; None when its secrets cannot be opened."""
        until, kept = self._kept.get(connection_id, (0.0, None))
        if kept is not None and time.monotonic() < until:
            return kept
        async with self._begin.across() as tx:
            opened = await connection_by_id(tx, connection_id, self._vault)
        if opened is None:
            self.forget(connection_id)
        else:
            self._kept[connection_id] = (time.monotonic() + self._keep_seconds, opened)
        return opened

    def forget(self, connection_id: UUID) -> None:
        """Read it anew next time: it has changed, or may have."""
        self._kept.pop(connection_id, None)
