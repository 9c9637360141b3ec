"""Adds a connection: a configured account at a provider, used from now on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy.dialects.postgresql import insert

from tidings.kit.db import Mode, Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.vault import Vault
from tidings.outbox.hurry import hurry, hurry_errands
from tidings.records.append import Entry, append
from tidings.storefronts.errors import NameTaken
from tidings.storefronts.judge import judged
from tidings.storefronts.kinds import CHANNELS
from tidings.storefronts.ports import ProviderCatalogue
from tidings.storefronts.queries import connection_named
from tidings.storefronts.tables import ConnectionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConnection:
    """A connection that is wanted; it gets the mode of the transaction."""

    name: str
    channel: str
    provider: str
    priority: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    actor: str = "system"


async def add_connection(
    tx: Tx, command: AddConnection, *, catalogue: ProviderCatalogue, vault: Vault, now: datetime
) -> ConnectionRow:
    """Store a connection; messages that wait for its channel go at once.

    Raises:
        InvalidInput: the provider does not take these settings, or is not for this mode.
        NameTaken: another connection has the name.
    """
    provider = (command.channel, command.provider)
    verdict = judged(catalogue, tx.scope.mode, provider, command.settings, command.secrets)
    made = insert(ConnectionRow).values(
        id=new_id(),
        storefront_id=tx.scope.storefront_id,
        mode=tx.scope.mode,
        name=command.name,
        channel=command.channel,
        provider=command.provider,
        priority=command.priority,
        settings=dict(verdict.settings),
        secrets=vault.seal_all(verdict.secrets),
        version=1,
        created_at=now,
        updated_at=now,
    )
    row: ConnectionRow | None = await tx.session.scalar(made.on_conflict_do_nothing().returning(ConnectionRow))
    if row is None:
        raise await name_taken(tx, command.name)
    await append(tx, connection_entry(row, "connection.added", command.actor, now))
    await let_go(tx, row)
    return row


async def let_go(tx: Tx, row: ConnectionRow) -> None:
    """What waits for this connection's channel need not wait for its next look."""
    if row.channel in CHANNELS:
        await hurry(tx, row.channel)
    else:
        await hurry_errands(tx, "check_payment" if row.channel == "payment" else "check_stock", row.updated_at)


async def name_taken(tx: Tx, name: str) -> NameTaken:
    """The refusal, with the id of the connection that has the name."""
    other = await connection_named(tx, name)
    return NameTaken(connection_id=None if other is None else wire("con", other.id))


def connection_entry(row: ConnectionRow, kind: str, actor: str, now: datetime, **data: Any) -> Entry:
    """The line of the trail about a connection; never its secrets, and of its settings no values."""
    return Entry(
        storefront_id=row.storefront_id,
        order_id=None,
        mode=cast("Mode", row.mode),
        kind=kind,
        subject=wire("con", row.id),
        actor=actor,
        at=now,
        data={"channel": row.channel, "provider": row.provider, "version": row.version, **data},
    )
