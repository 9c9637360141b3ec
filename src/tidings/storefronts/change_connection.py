"""Changes a connection: its place, its settings, new secrets, a pause; any change ends a halt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from tidings.kit.db import Mode, Tx
from tidings.kit.etag import check_if_match
from tidings.kit.vault import Vault
from tidings.records.append import append
from tidings.storefronts.add_connection import connection_entry, let_go, name_taken
from tidings.storefronts.judge import judged
from tidings.storefronts.ports import ProviderCatalogue
from tidings.storefronts.queries import connection_for_update, connection_named
from tidings.storefronts.tables import ConnectionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeConnection:
    """What is to be changed of a connection; None stays."""

    connection_id: UUID | None
    actor: str
    name: str | None = None
    priority: int | None = None
    is_paused: bool | None = None
    # Merged with the stored ones; a None inside takes one out.
    settings: Mapping[str, Any] | None = None
    # Replace stored ones of the same name.
    secrets: Mapping[str, str] | None = None
    if_match: str | None = None


async def change_connection(
    tx: Tx, command: ChangeConnection, *, catalogue: ProviderCatalogue, vault: Vault, now: datetime
) -> ConnectionRow:
    """Change a connection; workers take it up within seconds.

    Raises:
        NotFound: there is no such connection in this storefront and mode.
        PreconditionFailed: the caller knows another version of it.
        InvalidInput: the provider does not take these settings.
        NameTaken: another connection has the name.
    """
    row = await connection_for_update(tx, command.connection_id)
    check_if_match(command.if_match, row.version)
    changed = [
        *await _rename(tx, row, command.name),
        *_place(row, command, now),
        *_configure(row, command, catalogue, vault),
    ]
    row.halted_until = row.halted_reason = None
    row.version += 1
    row.updated_at = now
    await tx.flush()
    await append(tx, connection_entry(row, "connection.changed", command.actor, now, changed=changed))
    if row.paused_at is None:
        await let_go(tx, row)
    return row


async def remove_connection(tx: Tx, connection_id: UUID | None, *, actor: str, now: datetime) -> None:
    """Use a connection no more. Its row stays, so that late callbacks about what it sent can be verified.

    Raises:
        NotFound: there is no such connection in this storefront and mode.
    """
    row = await connection_for_update(tx, connection_id)
    row.removed_at = now
    row.paused_at = row.paused_at or now
    row.version += 1
    row.updated_at = now
    await tx.flush()
    await append(tx, connection_entry(row, "connection.removed", actor, now))


async def _rename(tx: Tx, row: ConnectionRow, name: str | None) -> list[str]:
    if name is None or name == row.name:
        return []
    if await connection_named(tx, name) is not None:
        raise await name_taken(tx, name)
    row.name = name
    return ["name"]


def _place(row: ConnectionRow, command: ChangeConnection, now: datetime) -> list[str]:
    changed = []
    if command.priority is not None and command.priority != row.priority:
        row.priority = command.priority
        changed.append("priority")
    if command.is_paused is not None and command.is_paused != (row.paused_at is not None):
        row.paused_at = now if command.is_paused else None
        changed.append("is_paused")
    return changed


def _configure(row: ConnectionRow, command: ChangeConnection, catalogue: ProviderCatalogue, vault: Vault) -> list[str]:
    if command.settings is None and command.secrets is None:
        return []
    settings = {**row.settings, **(command.settings or {})}
    settings = {name: value for name, value in settings.items() if value is not None}
    secrets = {**vault.open_all(row.secrets), **(command.secrets or {})}
    mode = cast("Mode", row.mode)
    verdict = judged(catalogue, mode, (row.channel, row.provider), settings, secrets)
    row.settings = dict(verdict.settings)
    row.secrets = vault.seal_all(verdict.secrets)
    parts = {"settings": command.settings, "secrets": command.secrets}
    return [f"{part}.{name}" for part, given in parts.items() for name in sorted(given or ())]
