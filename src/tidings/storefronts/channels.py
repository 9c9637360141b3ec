"""Which channels of which shops have a connection that may be used."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.storefronts.tables import ConnectionRow


async def open_channels(tx: Tx, storefronts: Collection[UUID]) -> set[tuple[UUID, str, str]]:
    """As (storefront, mode, channel): those with a connection that nobody has paused or removed.

    One that is halted counts: it is tried again by itself.
    """
    wanted = (
        select(ConnectionRow.storefront_id, ConnectionRow.mode, ConnectionRow.channel)
        .where(
            ConnectionRow.storefront_id.in_(storefronts),
            ConnectionRow.paused_at.is_(None),
            ConnectionRow.removed_at.is_(None),
        )
        .distinct()
    )
    return {(row.storefront_id, row.mode, row.channel) for row in await tx.session.execute(wanted)}


async def is_connection(tx: Tx, connection_id: UUID) -> bool:
    """Whether there is such a connection, of any storefront, whether or not its secrets can be opened."""
    wanted = select(ConnectionRow.id).where(ConnectionRow.id == connection_id)
    return (await tx.session.scalars(wanted)).one_or_none() is not None
