"""Which providers a shop is connected to."""

from sqlalchemy import select

from tidings.kit.db import Tx
from tidings.storefronts.tables import ConnectionRow


async def providers_connected(tx: Tx, channel: str) -> list[str]:
    """Names of the providers with a connection for this channel that nobody has paused, the preferred first."""
    wanted = select(ConnectionRow.provider).where(
        ConnectionRow.storefront_id == tx.scope.storefront_id,
        ConnectionRow.mode == tx.scope.mode,
        ConnectionRow.channel == channel,
        ConnectionRow.removed_at.is_(None),
        ConnectionRow.paused_at.is_(None),
    )
    return list(await tx.session.scalars(wanted.order_by(ConnectionRow.priority, ConnectionRow.created_at)))
